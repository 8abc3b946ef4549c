import path from 'node:path';
import { readRegularFile } from '../system/read-regular-file.js';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import { cleanPath } from './clean-path.js';
import { parsePattern, type Pattern, trimSpace } from './pattern.js';

/** What a `.dockerignore` or `<Dockerfile>.dockerignore` says. */
export interface IgnoreRules {
  patterns: readonly Pattern[];
  /** Absolute path of the file; absent where there is none. */
  file?: string;
}

/**
 * The rules that hold for a Dockerfile: `<Dockerfile>.dockerignore` beside it wins over the `.dockerignore` of the
 * context's root, as in BuildKit.
 * @throws {UserError} `IGNORE_FILE_UNREADABLE`, `IGNORE_PATTERN` for a pattern that cannot be read, with file and line.
 */
export function readIgnoreRules(root: string, dockerfile?: string): IgnoreRules {
  const own = dockerfile === undefined ? [] : [ignoreFileOf(dockerfile)];
  for (const file of [...own, path.join(root, '.dockerignore')]) {
    let bytes: Buffer;
    try {
      bytes = readRegularFile(file);
    } catch (error) {
      const code = codeOf(error) ?? '';
      if (['ENOENT', 'ENOTDIR'].includes(code)) continue;
      const shown = path.relative(root, file);
      const why =
        code === 'EISDIR' ? 'is a folder: it has to be a file of patterns' : `cannot be read (${code})`;
      throw new UserError('IGNORE_FILE_UNREADABLE', `${shown} ${why}.`, { cause: error });
    }
    return { patterns: parseIgnoreFile(bytes.toString(), path.relative(root, file)), file };
  }
  return { patterns: [] };
}

/** The ignore file that belongs to a Dockerfile alone. */
export function ignoreFileOf(dockerfile: string): string {
  return `${dockerfile}.dockerignore`;
}

/**
 * @param shown the file's name in messages
 * @throws {UserError} `IGNORE_PATTERN` for a pattern that cannot be read, with file and line.
 */
export function parseIgnoreFile(text: string, shown: string): Pattern[] {
  const patterns: Pattern[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.startsWith('#')) continue;
    try {
      const pattern = parsePattern(normalize(line));
      if (pattern) patterns.push(pattern);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const message = `${shown}:${index + 1}: the pattern ${trimSpace(line)} cannot be read: ${error.message}.`;
      throw new UserError('IGNORE_PATTERN', message, { cause: error });
    }
  }
  return patterns;
}

/**
 * Cleans the path behind the `!`, and takes a leading `/` away: patterns start at the context's root anyway. On Windows `\`
 * stands between folders, as for buildx there.
 */
function normalize(line: string): string {
  let pattern = trimSpace(process.platform === 'win32' ? line.replaceAll('\\', '/') : line);
  const bang = pattern.startsWith('!') ? '!' : '';
  pattern = trimSpace(pattern.slice(bang.length));
  if (pattern === '') return bang;
  return bang + cleanPath(pattern).replace(/^\/(?=.)/, '');
}
