import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/**
 * What follows `prefix` in the name of the root or of the two folders above it, as unpacked source archives have it
 * (`versions_from_parentdir` of versioneer 0.29); undefined where no name starts with it.
 */
export async function versionFromParentFolder(root: string, prefix: string): Promise<string | undefined> {
  let folder = await realpath(root);
  for (let level = 0; level < 3; level++) {
    const name = basename(folder);
    if (name.startsWith(prefix)) return name.slice(prefix.length);
    folder = dirname(folder);
  }
  return undefined;
}
