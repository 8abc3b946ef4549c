import { readFile } from 'node:fs/promises';

/** A file's text with `\n` line ends, as Python's text mode reads it; undefined where it cannot be read. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  } catch {
    return undefined;
  }
}
