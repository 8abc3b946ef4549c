import type { Activity, ItemState } from '../../lib/report/types.js';

/** Something that reads text or bytes from outside. */
export interface Parser {
  name: string;
  /** What it reads well: the inputs are made of these. */
  samples: readonly (string | Buffer)[];
  /** @returns what it would show people */
  parse: (input: Buffer) => Shown | Promise<Shown>;
  /** Errors that those who call it turn into sentences. A UserError is always right. */
  fails?: readonly ErrorKind[];
  /** Bytes of the longest input; 100,000 unless given, less where a process is started for each. */
  longest?: number;
}

export type Shown = readonly (string | undefined)[] | void;

type ErrorKind = abstract new (...args: never[]) => Error;

/** A parser of text. */
export function reading(
  name: string,
  samples: Parser['samples'],
  read: (text: string) => Shown | Promise<Shown>,
  fails: readonly ErrorKind[] = [],
): Parser {
  return { name, samples, parse: (input) => read(input.toString()), fails };
}

/** The first line of an input, and the rest: a parser with two sides. */
export function inTwo(text: string): [first: string, rest: string] {
  const end = text.indexOf('\n');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)];
}

/** An activity that nobody sees, and what it was told to show. */
export function noActivity(): { activity: Activity; shown: string[] } {
  const shown: string[] = [];
  const activity = {
    line: (text: string) => void shown.push(text),
    item: (_: string, { label, note = '' }: ItemState) => void shown.push(label, note),
    done: () => undefined,
    failed: () => undefined,
  };
  return { activity, shown };
}
