import { UserError } from './user-error.js';
import { placeOf, type Word } from './word.js';

/** Exit status of `docker run` where docker itself, not the container, is at fault. */
const DOCKER_FAILED = 125;

export type FlagErrorCode =
  | 'UNKNOWN_FLAG'
  | 'MISSING_VALUE'
  | 'BAD_VALUE'
  | 'CONFLICTING_FLAGS'
  | 'UNSUPPORTED_FLAG'
  | 'UNEXPECTED_WORD';

/** A word of a docker command line that docker would refuse; the message begins with the place where it stands. */
export class FlagError extends UserError {
  declare readonly code: FlagErrorCode;

  /** @param word the word at fault; absent where the fault is a missing word. */
  constructor(
    code: FlagErrorCode,
    /** The message without the place. */
    readonly sentence: string,
    readonly word?: Word,
  ) {
    const place = word?.origin ? `${placeOf(word.origin)}: ` : '';
    super(code, place + sentence, { exitStatus: DOCKER_FAILED });
  }
}

/** Why a flag's value cannot be read, said without naming the flag: the parser of the words adds that. */
export class ValueError extends Error {}
