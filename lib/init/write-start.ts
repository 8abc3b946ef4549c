import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import type { StartFile } from './start-plan.js';

/**
 * Writes the files that are not there yet.
 *
 * @returns paths of those that are there already, and were left alone
 * @throws {UserError} `CANNOT_WRITE`
 */
export async function writeStart(root: string, files: readonly StartFile[]): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const { path, content } of files) {
    try {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content, { flag: 'wx' });
    } catch (cause) {
      const code = codeOf(cause);
      if (code !== 'EEXIST')
        throw new UserError('CANNOT_WRITE', `${path} cannot be written (${code}).`, { cause });
      kept.add(path);
    }
  }
  return kept;
}
