import { listenTogether } from '../lib/system/shared-listener.js';
import { UserError } from '../lib/text/user-error.js';
import { abortAll } from './interrupt.js';

let isGuarded = false;

/**
 * From now on output that cannot be written, such as to a full disk, ends all work by a failure. A reader that has gone
 * (`… | head`) is none: what is written then goes nowhere.
 */
export function guardOutput(): void {
  if (isGuarded) return;
  isGuarded = true;
  for (const [name, stream] of [
    ['output', process.stdout],
    ['error', process.stderr],
  ] as const)
    listenTogether(stream, 'error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') void fail(name, error);
    });
}

let hasFailed = false;

async function fail(name: string, cause: NodeJS.ErrnoException): Promise<void> {
  if (hasFailed) return;
  hasFailed = true;
  const failure = new UserError(
    'OUTPUT_FAILED',
    `Standard ${name} takes no more (${cause.code}): what it is sent to is full, or cannot be written.`,
    { cause },
  );
  process.once('exit', (code) => (process.exitCode = code === 0 ? failure.exitStatus : code));
  if (await abortAll(failure)) return;
  // gulp's own lines are written before there is a task that could fail.
  process.stderr.write(`${failure.message}\n`);
  process.exit(failure.exitStatus);
}
