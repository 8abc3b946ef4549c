import { reasonOf } from '../../engine/client/errors.js';

/** A delta did not lead to the layer; the message is the reason. Whole layers may still arrive. */
export class DeltaFailed extends Error {}

/** Layers cannot come to a host by way of another; the message is the reason. They may still come from here. */
export class RelayFailed extends Error {}

/** A layer could not be put together from what its engine stores. Read with the whole image, it may still arrive. */
export class NotAssembled extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`a layer cannot be read alone (${reason})`, options);
  }
}

/** The engine does not have the image that was loaded; the message is the reason, where it gave one. */
export class NotLoaded extends Error {}

/** The host is so much slower than the others that it has to read the source by itself. */
export class Outpaced extends Error {}

/** The source did not give what was asked of it; `cause` says why. No target is to blame. */
export class SourceFailed extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/**
 * Wraps an error from reading the source in {@link SourceFailed}, so that no target is blamed for it. Errors of
 * known kinds, and TypeErrors and RangeErrors (mistakes of this program), stay as they are.
 */
export function sourceFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new SourceFailed(error);
  const isOurs = [NotAssembled, DeltaFailed, SourceFailed, TypeError, RangeError].some(
    (kind) => error instanceof kind,
  );
  return isOurs || error.name === 'AbortError' ? error : new SourceFailed(error);
}
