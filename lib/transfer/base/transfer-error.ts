import { type EngineRefusal, isRefusal, reasonOf } from '../../engine/client/errors.js';
import type { Engine } from '../../engine/types.js';
import { printableLine } from '../../text/printable.js';
import { codeOf, messageOf } from '../../text/thrown.js';
import { trimmed } from '../../text/trim.js';
import { UserError } from '../../text/user-error.js';
import { NotAssembled, NotLoaded, SourceFailed } from './failures.js';
import type { TransferPlan } from './types.js';

const BROKEN_CONNECTION = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENGINE_LOST',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTCONN',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'NO_ENGINE',
  'SSH_LOST',
  'SSH_UNREACHABLE',
]);

/** An engine's messages for layers that it will never be able to unpack. */
const NEVER_TAKEN = /duplicates of file paths|invalid tar header|unsupported (compression|tar)/i;

/**
 * Whether another try may succeed: the connection broke, an engine lost something meanwhile, or the next try takes
 * another way.
 */
export function isPassing(error: unknown, source: Engine): boolean {
  if (error instanceof SourceFailed) {
    // A local source that failed will fail again; a remote one may only have lost its connection.
    return source.address.remote && !isRefusal(error.cause) && isConnectionLost(error.cause);
  }
  if (isConnectionLost(error) || error instanceof NotAssembled || isFault(error)) return true;
  return error instanceof NotLoaded && !isDiskFull(error) && !isNeverTaken(error);
}

/** Whether an engine says of a layer that it cannot be unpacked: so made, or broken on its way. */
export function isNeverTaken(error: unknown): boolean {
  return error instanceof NotLoaded && NEVER_TAKEN.test(error.message);
}

/** Whether an engine refused something with what it says of its own troubles. */
export function isFault(error: unknown): error is EngineRefusal {
  return isRefusal(error) && error.status >= 500 && !GATEWAY.has(error.status) && !isDiskFull(error);
}

/** Statuses by which what stands before an engine says that it does not reach it. */
const GATEWAY = new Set([502, 503, 504]);

/** Whether the engine could not be reached any more, went down, or fell silent. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof SourceFailed) return false;
  if (BROKEN_CONNECTION.has(codeOf(error) ?? '')) return true;
  if (isRefusal(error)) return GATEWAY.has(error.status);
  if (error instanceof UserError) return false;
  return /socket hang up|aborted|Premature close|Unexpected end/.test(messageOf(error));
}

/**
 * An error of a transfer as one sentence for the user, where it is not one already.
 *
 * @param makeRoom the command that does so on a full disk of the target
 */
export function explain(
  error: unknown,
  { reference, source, target }: Pick<TransferPlan, 'reference' | 'source' | 'target'>,
  makeRoom: string,
): unknown {
  if (error instanceof SourceFailed) return explainSource(error, reference, source);
  if (error instanceof UserError && !isRefusal(error)) return error;
  const { url } = target.address;
  if (isDiskFull(error)) {
    return new UserError(
      'TARGET_DISK_FULL',
      `The disk of the engine at ${url} is full (no space left on device): free some, for instance with ` +
        `"${makeRoom}" there, and transfer ${reference} again.`,
      { cause: error },
    );
  }
  if (error instanceof NotLoaded || isFault(error)) {
    const said = isFault(error) ? reasonOf(error) : sentenceOf(error);
    return new UserError('NOT_LOADED', `The engine at ${url} did not take ${reference}: ${said}.`, {
      cause: error,
    });
  }
  if (!isConnectionLost(error)) return error;
  return new UserError(
    'CONNECTION_LOST',
    `The connection to the engine at ${url} broke (${reasonOf(error)}): transfer ${reference} again to go on with ` +
      'the layers that are still missing.',
    { cause: error },
  );
}

function explainSource({ cause, message }: SourceFailed, reference: string, { address }: Engine): unknown {
  if (isRefusal(cause, 404)) {
    return new UserError(
      'NO_SUCH_IMAGE',
      `The image ${reference} is no longer on the engine at ${address.url}: build or pull it, and transfer it again.`,
      { cause },
    );
  }
  if (cause instanceof UserError) return cause;
  return new UserError(
    'SOURCE_FAILED',
    `The engine at ${address.url} does not give ${reference} away: ${printableLine(message)}; see what ` +
      `"docker save ${reference}" says there.`,
    { cause },
  );
}

/** What the engine said, without what it put behind it for words that never came. */
function sentenceOf({ message }: Error): string {
  return trimmed(printableLine(message), /[\s.:]/, 'end');
}

function isDiskFull(error: unknown): boolean {
  return /no space left on device|disk quota exceeded/i.test(reasonOf(error));
}
