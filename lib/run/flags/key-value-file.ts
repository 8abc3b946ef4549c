import { ValueError } from '../../flags/flag-error.js';
import { cut } from '../../flags/key-value.js';

/** Docker's reader of lines takes none of this many bytes or more. */
const LONGEST_LINE = 64 * 1024;

/**
 * The `KEY=value` lines of an `--env-file` or `--label-file`: blank lines and lines that begin with `#` count for
 * nothing, blanks before the key neither, and nothing is unquoted. A bare KEY takes the value that `lookUp` has for
 * it, and is left out where there is none.
 */
export function readKeyValueFile(
  content: string | Uint8Array,
  lookUp: (name: string) => string | undefined,
): string[] {
  const pairs: string[] = [];
  for (const [index, line] of lines(content).entries()) {
    const text = line.trimStart();
    if (text === '' || text.startsWith('#')) continue;
    const [key, value] = cut(text, '=');
    if (key === '') throw new ValueError(`no variable name on line ${index + 1}`);
    if (/[ \t]/.test(key)) throw new ValueError(`variable '${key}' contains whitespaces`);
    const found = value ?? lookUp(text);
    if (found !== undefined) pairs.push(`${key}=${found}`);
  }
  return pairs;
}

function lines(content: string | Uint8Array): string[] {
  const bytes = Buffer.from(content);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (!Buffer.from(bytes.toString('utf8')).equals(bytes)) throw new ValueError('invalid utf8 bytes');
  const all = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (all.some((line) => Buffer.byteLength(line) >= LONGEST_LINE)) throw new ValueError('a line is too long');
  return all;
}
