import { messageOf } from '../lib/text/thrown.js';
import { UserError } from '../lib/text/user-error.js';

/** A transfer that failed, and to where. */
export interface TransferFailure {
  url: string;
  error: unknown;
}

/**
 * What there is to say of all transfers that failed; undefined where none has.
 *
 * @throws {Error} one of them that is no UserError, as it is
 */
export function tellFailures(
  failures: readonly TransferFailure[],
): { sentences: string; cause: unknown } | undefined {
  const unexpected = failures.find(({ error }) => !(error instanceof UserError));
  if (unexpected) throw unexpected.error;
  const [first] = failures;
  if (!first) return undefined;
  const sentences = failures.map(({ url, error }) => `${url}: ${messageOf(error)}`).join('\n');
  return { sentences, cause: first.error };
}
