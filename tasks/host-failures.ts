import { messageOf } from '../lib/text/thrown.js';
import { UserError } from '../lib/text/user-error.js';

/** What failed on one of several hosts, and which. */
export interface HostFailure {
  url: string;
  error: unknown;
}

/** What failed of what was done on these hosts, in their order. */
export function failuresOn(
  urls: readonly string[],
  outcomes: readonly PromiseSettledResult<unknown>[],
): HostFailure[] {
  return urls.flatMap((url, index): HostFailure[] => {
    const outcome = outcomes[index];
    return outcome?.status === 'rejected' ? [{ url, error: outcome.reason }] : [];
  });
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
