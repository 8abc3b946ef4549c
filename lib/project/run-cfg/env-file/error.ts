/** What is wrong in a `.env` file: a sentence without a place. */
export class EnvFileError extends Error {
  constructor(
    message: string,
    /** Counted from 1. */
    readonly line = 1,
  ) {
    super(message);
  }
}
