import { command } from './command.js';

/** Removes a folder with all that is in it, of any size, but nothing on another file system. */
export async function removeFolder(path: string): Promise<void> {
  await command(['rm', '-rf', '--one-file-system', '--', path], { timeout: 300_000 });
}
