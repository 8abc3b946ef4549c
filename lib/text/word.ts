/** Where a value stands, so that a message can say `docker/run.cfg:12`, or `--args`. */
export interface Origin {
  /** Path relative to the project root, with forward slashes, or a flag of the command line. */
  file: string;
  /** Counted from 1; absent for a flag. */
  line?: number;
}

/** One shell word of a run.cfg value, after replacement of `{…}` and `$NAME`. */
export interface Word {
  text: string;
  /** Absent for words that come from a default. */
  origin?: Origin;
}

/** `docker/run.cfg:12`, or `--args`. */
export function placeOf({ file, line }: Origin): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** A word of which no place may be known. */
export function toWord(word: string | Word): Word {
  return typeof word === 'string' ? { text: word } : word;
}
