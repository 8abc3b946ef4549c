import { readMark } from '../../system/owner-mark.js';
import { FOREIGN_AGE } from '../../system/process-mark.js';

/** A transfer's ID is the mark of what this process makes for it, its reference among what the mark tells. */
export { beginMark as beginTransferId, endMark as endTransferId } from '../../system/owner-mark.js';

/** Repository of every temporary image. */
export const TEMPORARY_REPOSITORY = 'gulp-dockerutils-transfer';

/** Label of every temporary container; its value is the transfer's ID. */
export const TEMPORARY_LABEL = 'gulp-dockerutils.transfer';

/** Milliseconds for which the layers that a broken transfer of another image has brought are kept for its next try. */
const RESUMABLE_AGE = 3600_000;

/** The name of one of a transfer's temporary images; `suffix` makes it unique. */
export function temporaryName(id: string, suffix: string): string {
  return `${TEMPORARY_REPOSITORY}:${id}.${suffix}`;
}

/** The ID of the transfer that a temporary image of that name belongs to; undefined for other names. */
export function transferIdOf(name: string): string | undefined {
  const prefix = `${TEMPORARY_REPOSITORY}:`;
  return name.startsWith(prefix) ? name.slice(prefix.length).split('.', 1)[0] : undefined;
}

/**
 * Whether a transfer was killed before it cleaned up, and the layers that it kept are of no use for another try any
 * more.
 */
export function isLeftover(id: string, reference: string, now = Date.now()): boolean {
  const mark = readMark(id, now);
  if (!mark) return false;
  const { age, ended } = mark;
  if (ended === undefined) return age > FOREIGN_AGE;
  return ended && (mark.isFor(reference) || age > RESUMABLE_AGE);
}
