import type { Piece } from './lined-text.js';
import { lineAt, type LinedText, textOf } from './lined-text.js';

/** A quote or a backslash with nothing behind it. */
export class WordError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** A shell word and the line on which it starts. */
export type LinedWord = Piece;

// One alternative for each thing that a POSIX shell tells apart, in the order of precedence.
const TOKEN = new RegExp(
  [
    String.raw`(?<space>[ \t\r\n]+)`,
    String.raw`(?<vanishes>\\\n)`,
    String.raw`\\(?<escaped>[^])`,
    String.raw`'(?<single>[^']*)'`,
    String.raw`"(?<double>[^"\\]*(?:\\[^][^"\\]*)*)"`,
    String.raw`(?<plain>[^ \t\r\n\\'"]+)`,
    String.raw`(?<open>[^])`,
  ].join('|'),
  'gy',
);

/**
 * Splits a value as a POSIX shell splits a line into words: quotes, backslashes, and a backslash at the end of a line,
 * which vanishes with the line end (Python's shlex keeps it there; in all else the two agree). Nothing is expanded, and
 * `#` starts no comment.
 *
 * @throws {WordError} for a quote that is not closed or a backslash at the very end.
 */
export function splitWords(value: LinedText): LinedWord[] {
  const words: LinedWord[] = [];
  let word: LinedWord | undefined;
  for (const { index, groups } of textOf(value).matchAll(TOKEN)) {
    const { space, vanishes, escaped, single, double = '', plain, open } = groups ?? {};
    if (vanishes !== undefined) continue;
    if (space !== undefined) {
      word = undefined;
      continue;
    }
    if (open !== undefined) {
      const message =
        open === '\\' ? 'nothing follows the backslash at the end' : `the quote ${open} is not closed`;
      throw new WordError(lineAt(value, index), message);
    }
    if (!word) words.push((word = { text: '', line: lineAt(value, index) }));
    word.text += plain ?? escaped ?? single ?? unescapeDouble(double);
  }
  return words;
}

/** Between double quotes a backslash counts only before `"`, another backslash and a line end. */
function unescapeDouble(text: string): string {
  return text.replace(/\\(["\\\n])/g, (_, char: string) => (char === '\n' ? '' : char));
}
