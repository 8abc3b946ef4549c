import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from '../lib/text/user-error.js';

/** What gulp exits with for every failure. */
const FAILED = 1;

/** gulp emits an error for each task that fails, even when the gulpfile handles it; the last one is why it exits. */
interface Gulp {
  on(event: 'error', listener: (event: { error?: unknown }) => void): void;
}

let last: unknown;
let isWatching = false;

/**
 * From now on a failure that ends gulp, or Node where there is no gulp, gives the process its own exit status. One that the
 * gulpfile catches does not.
 */
export function passOnExitStatus(): void {
  if (isWatching) return;
  isWatching = true;
  const hear = (error: unknown) => (last = error);
  loadedGulp()?.on('error', ({ error }) => hear(error));
  process.on('uncaughtExceptionMonitor', hear);
  process.on('exit', (code) => {
    if (code === FAILED && last instanceof UserError) process.exitCode = last.exitStatus;
  });
}

/** The gulp that the gulpfile uses, as gulp's command line finds it; undefined where there is none. */
function loadedGulp(): Gulp | undefined {
  const require = createRequire(join(process.cwd(), 'gulpfile.js'));
  try {
    return require.cache[require.resolve('gulp')]?.exports as Gulp | undefined;
  } catch {
    return undefined;
  }
}
