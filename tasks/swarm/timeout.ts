import { readDuration } from '../../lib/flags/duration.js';
import { UserError } from '../../lib/text/user-error.js';
import { type Flag, shown } from '../flags.js';

/** `--timeout`, of every task that waits for a swarm. */
export const TIMEOUT: Flag = {
  type: 'string',
  value: 'TIME',
  description: 'how long it may take until all of it runs, such as 90s; 5m without it',
};

const USUAL = 300_000;

/** @returns milliseconds. @throws {UserError} `BAD_OPTION` for what is no time */
export function timeoutOf(text: string | undefined): number {
  if (text === undefined) return USUAL;
  try {
    const time = readDuration(/^\d+$/.test(text) ? `${text}s` : text) / 1e6;
    if (time > 0) return time;
  } catch {
    // The sentence below says more than Go's.
  }
  throw new UserError('BAD_OPTION', `--timeout takes a time such as 90s or 5m, and not ${shown(text)}.`);
}
