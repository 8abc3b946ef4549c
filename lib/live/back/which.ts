import type { Pattern } from '../../ignore/pattern.js';
import { pathBelow, type SyncedTree } from '../plan.js';
import { Rules } from '../tree/rules.js';

/** @returns which paths of a tree come back; undefined where none can */
export function rulesOfBack(
  { source, only, hidden }: SyncedTree,
  { root, back }: { root: string; back: readonly Pattern[] },
): Rules | undefined {
  if (only !== undefined || back.length === 0) return undefined;
  const rules = new Rules({ include: back }, pathBelow(root, source) ?? '', hidden);
  return rules.reaches ? rules : undefined;
}

/** Whether something is to come back that is in no tree. */
export function nothingComesBack(
  trees: readonly SyncedTree[],
  { root, back }: { root: string; back: readonly Pattern[] },
): boolean {
  return back.length > 0 && !trees.some((tree) => rulesOfBack(tree, { root, back }));
}
