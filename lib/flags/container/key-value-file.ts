import { ValueError } from '../../text/flag-error.js';
import { cut } from '../key-value.js';
import type { Occurrence } from '../parse-flags.js';
import { checked } from './checked-words.js';
import { type Host, readNamedFile } from './host.js';

/**
 * The lines of all files that a flag such as `--env-file` names, in their order.
 * @param lookUp the value of a bare KEY, as in {@link readKeyValueFile}
 */
export function readKeyValueFiles(
  files: readonly Occurrence<string>[],
  host: Host,
  lookUp: (name: string) => string | undefined,
): string[] {
  return files.flatMap(({ value: path, word }) =>
    checked(word, () => readKeyValueFile(path, readNamedFile(host, path), lookUp)),
  );
}

/** Docker's reader of lines takes none of this many bytes or more. */
const LONGEST_LINE = 64 * 1024;

/**
 * The `KEY=value` lines of an `--env-file` or `--label-file`: blank lines and lines that begin with `#` count for
 * nothing, blanks before the key neither, and nothing is unquoted. A bare KEY takes the value that `lookUp` has for
 * it, and is left out where there is none.
 */
function readKeyValueFile(
  path: string,
  content: string | Uint8Array,
  lookUp: (name: string) => string | undefined,
): string[] {
  const fail = (why: string) => new ValueError(`invalid env file (${path}): ${why}`);
  const lines = decode(content)?.split('\n');
  if (!lines) throw fail('invalid utf8 bytes');
  return lines.flatMap((line, index) => {
    if (Buffer.byteLength(line) >= LONGEST_LINE) throw fail('bufio.Scanner: token too long');
    const text = line.replace(/\r$/, '').trimStart();
    if (text === '' || text.startsWith('#')) return [];
    const [key, value = lookUp(text)] = cut(text, '=');
    if (key === '') throw fail(`no variable name on line ${index + 1}`);
    if (/[ \t]/.test(key)) throw fail(`variable '${key}' contains whitespaces`);
    return value === undefined ? [] : [`${key}=${value}`];
  });
}

/** The text without a byte order mark; undefined where it is no UTF-8. */
function decode(content: string | Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(content));
  } catch {
    return undefined;
  }
}
