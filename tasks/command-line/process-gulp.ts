import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { Gulp } from './reachable.js';

/** Whether this process is gulp's command, and not a script that calls tasks by itself. */
export function isGulpProcess(): boolean {
  return /^gulp(\.js)?$/.test(basename(process.argv[1] ?? ''));
}

/** The gulp that loads the gulpfile: gulp-cli has changed to the gulpfile's folder, and has loaded gulp from there. */
export function processGulp(): Gulp | undefined {
  if (!isGulpProcess()) return undefined;
  try {
    return createRequire(join(process.cwd(), 'gulpfile.js'))('gulp') as Gulp;
  } catch {
    return undefined;
  }
}

let hasStarted = false;
// As soon as this package is loaded: a gulpfile may ask for its first task where gulp runs one already.
processGulp()?.prependListener('start', () => (hasStarted = true));

/** Whether the gulp of this process has started a task. */
export function gulpHasStarted(): boolean {
  return hasStarted;
}
