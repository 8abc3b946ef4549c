import { FlagError } from '../../../lib/text/flag-error.js';

/** The FlagError that some work ends by. */
export function refusal(work: () => unknown): FlagError {
  try {
    work();
  } catch (error) {
    if (error instanceof FlagError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
