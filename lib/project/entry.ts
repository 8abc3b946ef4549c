import { type Stats, statSync } from 'node:fs';

/** Whether a file stands at `path`, followed through symbolic links; what cannot be looked at does not. */
export function isFile(path: string): boolean {
  return stat(path)?.isFile() ?? false;
}

/** Whether a folder stands at `path`, followed through symbolic links; what cannot be looked at does not. */
export function isFolder(path: string): boolean {
  return stat(path)?.isDirectory() ?? false;
}

function stat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // ENOTDIR, ELOOP, EACCES: nothing there that can be read.
    return undefined;
  }
}
