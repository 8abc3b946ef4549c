import { inspect } from 'node:util';
import { printable } from './printable.js';
import { maskUrls } from './secrets.js';

export interface UserErrorOptions {
  /** What it came from; kept for debugging, never shown. */
  cause?: unknown;
  /** Exit status of the process that ends by this error; 1 unless something else (a container, ssh) decides it. */
  exitStatus?: number;
}

/** Marks the errors of every copy of this module that is loaded. */
const BRAND = Symbol.for('gulp-dockerutils/UserError');

/**
 * A failure that the user can cause and mend: its message is one sentence that says what to do, with file and
 * line where there is one. It shows as that sentence alone, wherever it is printed; every other error keeps its stack.
 * Whatever a sentence repeats, a terminal obeys nothing in it, and no URL in it shows a password.
 */
export class UserError extends Error {
  override name = 'UserError';
  /** gulp-cli prints `toString()` when this is a boolean. */
  readonly showStack = false;
  readonly exitStatus: number;

  /** @param code stable, upper-case identifier that callers and tests compare, such as `UNKNOWN_IMAGE`. */
  constructor(
    readonly code: string,
    message: string,
    { cause, exitStatus = 1 }: UserErrorOptions = {},
  ) {
    super(maskUrls(printable(message)), cause === undefined ? undefined : { cause });
    this.exitStatus = exitStatus;
    this.stack = this.message;
  }

  /**
   * Knows the errors of other copies, too: tsx gives a CommonJS gulpfile one copy of the package by `require`, and what
   * that imports later, another one by `import`.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== UserError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  override toString(): string {
    return this.message;
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }

  /** console.error, which gulp-cli uses for an error in a gulpfile, asks this. */
  [inspect.custom](): string {
    return this.message;
  }
}
