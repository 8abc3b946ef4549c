import { unlessEmitted } from '../lib/system/unless-emitted.js';
import { UserError } from '../lib/text/user-error.js';

/**
 * What work comes to. It fails where it has not ended and nothing is left in this process that could go on with it: Node
 * would end such a process without a word, and a program with status 0.
 *
 * @throws {UserError} `STALLED`
 */
export function untilSettled<Result>(work: Promise<Result>): Promise<Result> {
  return unlessEmitted(() => work, 'beforeExit', stalledError);
}

function stalledError(): UserError {
  return new UserError(
    'STALLED',
    'The work came to a halt before its end: no connection, program or timer is left that could go on with it. ' +
      'This is a fault of gulp-dockerutils: please report it, with the command and what it printed.',
  );
}
