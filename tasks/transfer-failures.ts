import { messageOf } from '../lib/text/thrown.js';
import { UserError } from '../lib/text/user-error.js';

/** A transfer that failed, and to where. */
export interface TransferFailure {
  url: string;
  error: unknown;
}

/**
 * Tells of all transfers that failed in one error.
 *
 * @param sentence what that means
 * @throws {UserError} `TRANSFER_FAILED`; a failure that is nobody's fault but ours as it is
 */
export function throwTogether(failures: readonly TransferFailure[], sentence: string): void {
  const unexpected = failures.find(({ error }) => !(error instanceof UserError));
  if (unexpected) throw unexpected.error;
  const [first] = failures;
  if (!first) return;
  const each = failures.map(({ url, error }) => `${url}: ${messageOf(error)}`);
  throw new UserError('TRANSFER_FAILED', [sentence, ...each].join('\n'), { cause: first.error });
}
