import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks again and again, until there is something to be seen.
 *
 * @param what is waited for, as the failure says it
 * @returns what was seen
 * @throws {Error} after ten minutes, with what the last look threw where it did
 */
export async function until<T>(what: string, look: () => Promise<T | false>): Promise<T> {
  let cause: unknown;
  for (const deadline = Date.now() + 590_000; Date.now() < deadline; await sleep(50)) {
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`Waited in vain for ${what}.`, { cause });
}

/** Waits until a program runs on this machine, in a container or not, in whose command line `part` stands. */
export function untilRunning(part: string): Promise<boolean> {
  return until(`a program with ${part}`, () => isRunning(part));
}

/** Whether such a program runs. */
export async function isRunning(part: string): Promise<boolean> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(part)) return true;
  }
  return false;
}
