import { readFileSync, statSync } from 'node:fs';

/**
 * The bytes of a file; of a pipe or a device there might be no end.
 *
 * @throws {Error} with the file system's `code`, and with one of the same form where it is neither file nor folder
 */
export function readRegularFile(path: string): Buffer {
  const stats = statSync(path);
  if (stats.isFile() || stats.isDirectory()) return readFileSync(path);
  throw Object.assign(new Error(`${path} is no regular file`), { code: 'no regular file' });
}
