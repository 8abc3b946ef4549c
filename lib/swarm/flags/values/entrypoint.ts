import { ValueError } from '../../../text/flag-error.js';
import { trimmed } from '../../../text/trim.js';

// A comment begins where a word could, so behind a gap, and ends with its line.
const TOKEN = new RegExp(
  [
    String.raw`(?<gap>[ \t\r\n]+(?:#[^\n]*)?)`,
    String.raw`\\(?<escaped>[^])`,
    String.raw`'(?<single>[^']*)'`,
    String.raw`"(?<double>[^"\\]*(?:\\[^][^"\\]*)*)"`,
    String.raw`(?<plain>[^ \t\r\n\\'"]+)`,
    String.raw`(?<open>[^])`,
  ].join('|'),
  'gy',
);

/**
 * Splits an `--entrypoint` as the docker CLI does (github.com/google/shlex): as a shell, but that a backslash between
 * double quotes counts before every character, and that a word that begins with `#` is a comment.
 */
export function readEntrypoint(text: string): string[] {
  const words: string[] = [];
  let inWord = false;
  for (const { index, groups } of ` ${text}`.matchAll(TOKEN)) {
    const { gap, escaped, single, double = '', plain, open } = groups ?? {};
    if (open !== undefined) throw unfinished(` ${text}`.slice(index));
    if (gap === undefined) {
      const part = escaped ?? single ?? plain ?? double.replace(/\\([^])/g, '$1');
      words.push(inWord ? (words.pop() ?? '') + part : part);
    }
    inWord = gap === undefined;
  }
  return words;
}

function unfinished(rest: string): ValueError {
  const backslashes = rest.length - trimmed(rest, /\\/, 'end').length;
  const escapes = !rest.startsWith("'") && backslashes % 2 === 1;
  return new ValueError(`EOF found ${escapes ? 'after escape character' : 'when expecting closing quote'}`);
}
