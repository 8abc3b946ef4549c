import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';

/** Milliseconds that a gulpfile has to clean up behind its tasks. */
const LIMIT_MS = 10_000;
const PAUSE_MS = 50;

let atExit = false;

/** Ends the process by a signal, so that its parent sees why; on Windows by the status that a shell has for it. */
export function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  if (process.platform === 'win32') process.exit(statusOf(signal));
  process.kill(process.pid, signal);
}

/** What a shell gives a command that a signal has ended. */
export function statusOf(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? constants.signals.SIGINT);
}

/** Lets whatever is under way end the process; it then ends by the signal. */
export function endAtExit(signal: NodeJS.Signals): void {
  if (atExit) return;
  atExit = true;
  process.once('exit', () => endBy(signal));
}

/**
 * Ends the process by the signal when nothing but `gulp.watch` keeps it alive, or after a while. A gulpfile that cleans up
 * behind its tasks is let finish.
 */
export async function endWhenIdle(signal: NodeJS.Signals): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  // What else comes to an end by itself does so first, such as the gulpfile's `finally` and gulp's own report.
  do await sleep(PAUSE_MS, undefined, { ref: false });
  while (!isIdle() && performance.now() < until);
  endBy(signal);
}

/** Whether the process only waits for files to change, or for what somebody types. */
function isIdle(): boolean {
  const resources = process.getActiveResourcesInfo();
  const channels = resources.filter((type) => type === 'PipeWrap' || type === 'TTYWrap').length;
  const standard = [0, 1, 2].filter((fd) => isatty(fd) || isPipe(fd)).length;
  return (
    channels <= standard && resources.every((type) => /^(FSEvent|StatWatcher|Pipe|TTY|Signal)/.test(type))
  );
}

function isPipe(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false; // Closed.
  }
}
