import { ValueError } from '../text/flag-error.js';

/** What a command knows of one of its flags. */
export interface Flag<T> {
  /** One letter, without its dash. */
  short?: string;
  /** The value that the flag has when it stands alone; only booleans have one, all others take the next word. */
  alone?: string;
  /** The value that a text stands for. Throws {@link ValueError} for a text that the flag does not take. */
  read(text: string): T;
}

/** The flags of a command by their long names. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** What the values of a flag are. */
export type ValueOf<F> = F extends Flag<infer T> ? T : never;

export function boolean(short?: string): Flag<boolean> {
  return { short, alone: 'true', read: readBoolean };
}

export function text(short?: string): Flag<string> {
  return { short, read: (value) => value };
}

export function value<T>(read: (text: string) => T, short?: string): Flag<T> {
  return { short, read };
}

/** The spellings that Go's strconv.ParseBool takes. */
export function readBoolean(text: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw new ValueError('invalid syntax');
}
