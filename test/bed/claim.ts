import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many there are to be claimed. */
export const CLAIMS = 128;

/**
 * Claims a number that no other owner has, the same one each time. Whose folder is gone has none any more.
 *
 * @param folder where all note what they have claimed
 * @param owner an absolute path
 * @param first the number that it gets where nobody else has it
 * @returns `first` where nothing can be noted there
 */
export function claim(folder: string, owner: string, first: number): number {
  try {
    mkdirSync(folder, { recursive: true });
    const own = readdirSync(folder).find(
      (name) => /^\d+$/.test(name) && ownerOf(join(folder, name)) === owner,
    );
    return own === undefined ? claimFree(folder, owner, first) : Number(own);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return first;
    throw error;
  }
}

function claimFree(folder: string, owner: string, first: number): number {
  const note = join(folder, `.${randomBytes(6).toString('hex')}`);
  writeFileSync(note, owner);
  try {
    for (const isFull of [false, true]) {
      for (let i = 0; i < CLAIMS; i++) {
        const number = (first + i) % CLAIMS;
        const path = join(folder, String(number));
        if (isFull && !existsSync(ownerOf(path) ?? '')) rmSync(path, { force: true });
        if (isNoted(note, path) || ownerOf(path) === owner) return number;
      }
    }
  } finally {
    rmSync(note);
  }
  throw new Error(`All of ${folder} is claimed: remove what is not used any more.`);
}

/** Whole and at once, so that nobody finds half an owner. */
function isNoted(note: string, path: string): boolean {
  try {
    linkSync(note, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
