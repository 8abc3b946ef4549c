import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { codeOf } from '../../text/thrown.js';

/** What a path is. */
export type Kind = 'folder' | 'file' | 'link';

/** Of the path itself, not of what a link leads to; undefined where there is nothing. */
export function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // What was a folder on the way is none any more.
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Tells two states of a folder apart. The inode is a part of it: another folder may have got the name. */
export function folderSign(stat: Stats): string {
  return `d${stat.mode & 0o7777} ${stat.ino}`;
}

/** Tells two states of a file or a link apart; undefined for a socket and its like. */
export function signOf(stat: Stats): string | undefined {
  if (stat.isFile()) return `f${stat.mode & 0o7777} ${stat.size} ${stat.mtimeMs} ${stat.ino}`;
  return stat.isSymbolicLink() ? `l${stat.mtimeMs} ${stat.ino}` : undefined;
}

export function kindOf(sign: string): Kind {
  return sign.startsWith('d') ? 'folder' : sign.startsWith('f') ? 'file' : 'link';
}

/** What is in a folder; nothing where there is none. */
export function listOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw error;
  }
}
