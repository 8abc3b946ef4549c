import { gulpHasStarted } from './process-gulp.js';
import type { Gulp } from './reachable.js';

/**
 * What is made while gulp runs a task, to be run there. Where nobody does that, which a forgotten pair of brackets is enough for, gulp
 * would end with status 0, and nothing would have been done.
 */
export class NeverRun {
  #isRunning = false;
  #isChecked = false;
  readonly #waiting = new Map<object, string>();

  /** From the first task on that this gulp starts, which may be another one than that of the process. */
  watch(gulp: Pick<Gulp, 'prependListener'>): void {
    gulp.prependListener('start', () => (this.#isRunning = true));
  }

  /** @param name for the message: `build:app` */
  made(thing: object, name: string): void {
    if (!this.#isRunning && !gulpHasStarted()) return;
    this.#waiting.set(thing, name);
    if (!this.#isChecked) process.once('exit', (status) => this.#check(status));
    this.#isChecked = true;
  }

  ran(thing: object): void {
    this.#waiting.delete(thing);
  }

  #check(status: number): void {
    // A failure may be why it was not its turn.
    if (status !== 0 || this.#waiting.size === 0) return;
    console.error(neverRunSentence([...new Set(this.#waiting.values())]));
    process.exitCode = 1;
  }
}

/** @param names of what was made */
function neverRunSentence(names: readonly string[]): string {
  const list = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const [was, it] = names.length > 1 ? ['were', 'them'] : ['was', 'it'];
  return `${list.join(', ')} ${was} made by a function of the gulpfile and never run: call ${it} there, as in await build('app')(), pipe into what buildImage() made, or make ${it} only where that happens.`;
}
