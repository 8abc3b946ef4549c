import { messageOf } from '../lib/text/thrown.js';
import { UserError } from '../lib/text/user-error.js';

/** What failed on one of several hosts, and which. */
export interface HostFailure {
  url: string;
  error: unknown;
}

/**
 * What there is to say of all that failed; undefined where nothing has.
 *
 * @throws {Error} one of them that is no UserError, as it is
 */
export function tellFailures(
  failures: readonly HostFailure[],
): { sentences: string; cause: unknown } | undefined {
  const unexpected = failures.find(({ error }) => !(error instanceof UserError));
  if (unexpected) throw unexpected.error;
  const [first] = failures;
  if (!first) return undefined;
  const sentences = failures.map(({ url, error }) => `${url}: ${messageOf(error)}`).join('\n');
  return { sentences, cause: first.error };
}
