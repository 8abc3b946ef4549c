import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import type { Output } from '../../project/settings/outputs.js';
import { UserError } from '../../text/user-error.js';

/** Where what a container has made is put: below a folder, all of it below that folder's `name`, or itself of that name. */
export interface Placement {
  folder: string;
  /** Empty where the files of a folder go into `folder`. */
  name: string;
}

/**
 * @param isFolder whether a folder is to be put there, of which the files go into the one here; a file goes into a folder
 * that is there
 * @throws {UserError} `OUTPUT_OUTSIDE` where a link of the project leads out of it, though the path does not
 */
export function placementOf({ from, to, within }: Output, isFolder: boolean, root: string): Placement {
  const goesInto = isFolder || (statSync(to, { throwIfNoEntry: false })?.isDirectory() ?? false);
  const placement = goesInto
    ? { folder: to, name: isFolder ? '' : posix.basename(from) }
    : { folder: dirname(to), name: basename(to) };
  const real = realpathSync(nearest(placement.folder));
  const path = relative(realpathSync(root), real);
  if (within && (path === '..' || path.startsWith(`..${sep}`)))
    throw new UserError(
      'OUTPUT_OUTSIDE',
      `${relative(root, to)}, which outputs= names, leads out of the project by a link, to ${real}: remove the link, or write the path that is meant.`,
    );
  return placement;
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(join(path, '..'));
}
