import { type DockerName, type EngineName, engineNames } from './bed/index.js';

/**
 * Which tests belong to which circle is said here alone. `npm test` (the default) runs on the two ends of what is
 * supported; with `TEST_CIRCLE=all`, as `npm run test:all` sets it, every engine, size and number of moments counts.
 */
const all = process.env.TEST_CIRCLE === 'all';

/** The oldest of Docker's engines with overlay2, the newest with containerd's image store; the oldest and newest podman. */
const ends: readonly EngineName[] = ['20-overlay2', '28-containerd', 'podman-4', 'podman-5'];

/**
 * The engines that the same tests run on.
 *
 * @param among those on which they make sense; every engine of Docker's unless given, and podman where named
 * @param special those among them that differ from both ends in what is tested
 */
export function engines<Name extends EngineName = DockerName>(
  among: readonly Name[] = engineNames as EngineName[] as Name[],
  special: readonly Name[] = [],
): Name[] {
  return among.filter((name) => all || ends.includes(name) || special.includes(name));
}

/**
 * The same for what hardly depends on the engine, as what a task says, or how tasks follow each other: `npm test` asks
 * it of the last one alone.
 *
 * @param among cases, engines for example, the most telling one last
 */
export function cases<Case>(among: readonly Case[]): Case[] {
  return all ? [...among] : among.slice(-1);
}

/** How many of a kind: files, random moments, rounds. */
export function many(usually: number, inAll: number): number {
  return all ? inAll : usually;
}

/** Cases, engines for example, that are for the outermost circle alone. */
export function outermost<Case>(among: readonly Case[]): Case[] {
  return all ? [...among] : [];
}

/**
 * Defines tests in the outermost circle alone: those that take gigabytes or minutes, and those that go once more the ways
 * that others go.
 */
export function heavy(define: () => void): void {
  if (all) define();
}
