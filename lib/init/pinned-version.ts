import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a file in the project's root pins: the first group of the pattern, or undefined. */
export async function pinnedIn(root: string, file: string, pattern: RegExp): Promise<string | undefined> {
  const text = await readFile(join(root, file), 'utf8').catch(() => '');
  return pattern.exec(text.replace(/^\ufeff/, ''))?.[1];
}
