import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../text/user-error.js';
import type { SshTarget } from '../host.js';
import { displayTarget, DROPPED } from './errors.js';
import type { LogIn, SshLogin, SshOptions } from './types.js';

/** Milliseconds before the second try; doubled before each further one, as far as the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 1_000;

/**
 * Logs in, again and again where the server hangs up before anybody could prove who he is: an sshd at which many log in at
 * once drops some of them by chance (MaxStartups), and so it is by chance, too, when each comes back. A server that goes on
 * so is given up like one that does not answer.
 *
 * @param further whether this is a login beside others
 */
export async function logInPatiently(
  logIn: LogIn,
  target: SshTarget,
  options: SshOptions,
  further: boolean,
): Promise<SshLogin> {
  const end = performance.now() + options.timeout;
  for (let tries = 1; ; tries++) {
    try {
      return await logIn(target, options, further);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof UserError) || error.code !== DROPPED || performance.now() > end) throw error;
      if (tries === 1) {
        options.say(
          `${displayTarget(target)} hangs up before a login, perhaps since many log in at once: trying again`,
        );
      }
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1));
      await sleep(pause * (0.5 + Math.random()), undefined, { signal: options.signal });
    }
  }
}
