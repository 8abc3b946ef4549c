import { randomBytes } from 'node:crypto';
import { isAlive, processSpace, shortHash } from './process-mark.js';

/** Marks that this process has in use. */
const inUse = new Set<string>();

/**
 * A new mark for what this process makes on an engine and has to take away again, so that another one can tell whether
 * it was left over. It counts as in use until {@link endMark}: `<time>-<machine>-<process>-<what>-<random>`, in
 * characters that a tag can hold.
 *
 * @param what it is made for, such as a reference
 */
export function beginMark(what: string): string {
  const random = randomBytes(4).toString('hex');
  const mark = [Date.now().toString(36), processSpace(), process.pid, shortHash(what), random].join('-');
  inUse.add(mark);
  return mark;
}

export function endMark(mark: string): void {
  inUse.delete(mark);
}

/** What a mark tells. */
export interface MarkFacts {
  /** Milliseconds since it was made. */
  age: number;
  /** Whether its process has ended, or the work that it was for; undefined where that ran on another machine. */
  ended: boolean | undefined;
  /** Whether it was made for that. */
  isFor(what: string): boolean;
}

/** @returns undefined for what is no mark */
export function readMark(mark: string, now = Date.now()): MarkFacts | undefined {
  const [, time, where, pid, made] = /^([0-9a-z]+)-([0-9a-f]+)-(\d+)-([0-9a-f]+)-/.exec(mark) ?? [];
  if (time === undefined) return undefined;
  const ended = Number(pid) === process.pid ? !inUse.has(mark) : !isAlive(Number(pid));
  return {
    age: now - parseInt(time, 36),
    ended: where === processSpace() ? ended : undefined,
    isFor: (what) => made === shortHash(what),
  };
}
