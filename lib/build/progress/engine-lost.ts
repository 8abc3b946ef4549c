import { UserError } from '../../text/user-error.js';

/** The error for an engine that goes away while it builds. */
export function engineLost(cause?: unknown): UserError {
  return new UserError(
    'ENGINE_LOST',
    'The connection to the engine broke in the middle of the build: see whether the engine still runs, and build again.',
    { cause },
  );
}
