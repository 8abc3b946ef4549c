import { randomBytes } from 'node:crypto';
import { isAlive, processSpace, shortHash } from '../../system/process-mark.js';

/** Repository of every temporary image. */
export const TEMPORARY_REPOSITORY = 'gulp-dockerutils-transfer';

/** Label of every temporary container; its value is the transfer's ID. */
export const TEMPORARY_LABEL = 'gulp-dockerutils.transfer';

/** Milliseconds after which leftovers go whose process cannot be asked for, since it ran on another machine. */
const FOREIGN_AGE = 24 * 3600_000;

/** Milliseconds for which the layers that a broken transfer of another image has brought are kept for its next try. */
const RESUMABLE_AGE = 3600_000;

/** IDs of the transfers that this process is at. */
const underWay = new Set<string>();

/**
 * A new ID, which counts as under way until {@link endTransferId}: `<time>-<machine>-<process>-<image>-<random>`, in
 * characters that a tag can hold.
 */
export function beginTransferId(reference: string): string {
  const random = randomBytes(4).toString('hex');
  const id = [Date.now().toString(36), processSpace(), process.pid, shortHash(reference), random].join('-');
  underWay.add(id);
  return id;
}

export function endTransferId(id: string): void {
  underWay.delete(id);
}

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
  const [, time, where, pid, image] = /^([0-9a-z]+)-([0-9a-f]+)-(\d+)-([0-9a-f]+)-/.exec(id) ?? [];
  if (time === undefined) return false;
  const age = now - parseInt(time, 36);
  if (where !== processSpace()) return age > FOREIGN_AGE;
  const ended = Number(pid) === process.pid ? !underWay.has(id) : !isAlive(Number(pid));
  return ended && (image === shortHash(reference) || age > RESUMABLE_AGE);
}
