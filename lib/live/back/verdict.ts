import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { State } from '../sidecar/answers.js';
import { folderOf } from '../tree/rules.js';
import { signOf, statOf } from '../tree/sign.js';
import type { Tree } from '../tree/tree.js';

/**
 * - `take`: what is here, or that nothing is, was there before the container wrote
 * - `same`: it is here already, or came from here
 * - `later`: what is here is on its way there
 * - `changed`: it changed here, too
 */
export type Verdict = 'take' | 'same' | 'later' | 'changed';

export interface Here {
  /** Absolute path of the folder. */
  source: string;
  tree: Pick<Tree, 'follows' | 'signOf' | 'hasChanges'>;
  /** Signs of what came from there, of what is not kept there as it is here. */
  brought: ReadonlyMap<string, string>;
  /** When all began: what has not changed since then is not the user's work beside the container. Milliseconds since 1970. */
  began: number;
}

/** Whether a file there may take the place of what is here. What changed here comes first, always. */
export function judge(path: string, there: State, here: Here): Verdict {
  const { source, tree, brought, began } = here;
  const place = join(source, path);
  const stat = statOf(place);
  if (!stat) return isLeaving(path, here) ? 'later' : 'take';
  if (stat.isFile() && stat.size === there.size && modifiedOf(place) === there.modified) return 'same';
  const sign = signOf(stat);
  if (tree.follows(path)) return judgeFollowed(sign, tree.signOf(path), tree.hasChanges);
  const known = brought.get(path);
  const isAsBefore = known === undefined ? stat.ctimeMs < began : sign === known;
  return sign !== undefined && isAsBefore ? 'take' : 'changed';
}

/** @param known what stands there, as far as is known here; a letter alone where that is doubted */
function judgeFollowed(sign: string | undefined, known: string | undefined, hasChanges: boolean): Verdict {
  if (sign !== undefined && sign === known) return 'take';
  return hasChanges || known?.length === 1 ? 'later' : 'changed';
}

/** It has been taken away here, or a folder above it, and is about to be there. */
function isLeaving(path: string, { source, tree }: Here): boolean {
  for (let at = path; at !== ''; at = folderOf(at))
    if (tree.signOf(at) !== undefined && !statOf(join(source, at))) return true;
  return false;
}

/** Nanoseconds since 1970. */
function modifiedOf(place: string): bigint | undefined {
  return lstatSync(place, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}
