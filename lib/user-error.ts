export interface UserErrorOptions extends ErrorOptions {
  /** Exit status of the process that ends by this error; 1 unless something else (a container, ssh) decides it. */
  exitStatus?: number;
}

/**
 * A failure that the user can cause and mend: its message is one sentence that says what to do, with file and
 * line where there is one. It is shown without a stack; every other error keeps its own.
 */
export class UserError extends Error {
  override name = 'UserError';
  /** gulp-cli prints the message alone when this is false. */
  readonly showStack = false;
  readonly exitStatus: number;

  /** @param code stable, upper-case identifier that callers and tests compare, such as `UNKNOWN_IMAGE`. */
  constructor(
    readonly code: string,
    message: string,
    options: UserErrorOptions = {},
  ) {
    super(message, options);
    this.exitStatus = options.exitStatus ?? 1;
  }
}
