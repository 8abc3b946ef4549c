/** Where a value stands, so that a message can say `docker/run.cfg:12`. */
export interface Origin {
  /** Path relative to the project root, with forward slashes. */
  file: string;
  /** Counted from 1. */
  line: number;
}

/** One shell word of a run.cfg value, after replacement of `{…}` and `$NAME`. */
export interface Word {
  text: string;
  /** Absent for words that come from a flag of the command line or from a default. */
  origin?: Origin;
}

/** `docker/run.cfg:12`. */
export function placeOf({ file, line }: Origin): string {
  return `${file}:${line}`;
}
