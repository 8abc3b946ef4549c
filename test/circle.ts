import { type EngineName, engineNames } from './bed/index.js';

/**
 * Which tests belong to which circle is said here alone. `npm test` (the default) runs on the two ends of what is
 * supported; with `TEST_CIRCLE=all`, as `npm run test:all` sets it, every engine, size and number of moments counts.
 */
const all = process.env.TEST_CIRCLE === 'all';

/** The oldest engine with overlay2, and the newest with containerd's image store. */
const ends: readonly EngineName[] = ['20-overlay2', '28-containerd'];

/**
 * The engines that the same tests run on.
 *
 * @param among those on which they make sense; every engine unless given
 * @param special those among them that differ from both ends in what is tested
 */
export function engines<Name extends EngineName = EngineName>(
  among: readonly Name[] = engineNames as Name[],
  special: readonly Name[] = [],
): Name[] {
  return among.filter((name) => all || ends.includes(name) || special.includes(name));
}

/** How many of a kind: files, random moments, rounds. */
export function many(usually: number, inAll: number): number {
  return all ? inAll : usually;
}

/** Defines tests that take gigabytes or minutes, in the outermost circle alone. */
export function heavy(define: () => void): void {
  if (all) define();
}
