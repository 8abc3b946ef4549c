import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Answer } from './sidecar/answers.js';
import { lookOperation, type RootPath } from './sidecar/operations.js';
import type { Sidecar } from './sidecar/sidecar.js';
import { type Kind, statOf } from './tree/sign.js';
import type { Tree } from './tree/tree.js';
import { modeIn } from './write-step.js';

/** So many paths are asked for at once. */
const BATCH = 256;

/** What is to be compared. */
export interface Comparison {
  tree: Tree;
  /** Absolute path of its folder. */
  source: string;
  /** Paths of it, with what they are. */
  all: readonly { path: string; kind: Kind }[];
}

/**
 * Compares what a tree takes to stand in a volume with what does, by content. What differs has to be sent again, which
 * the tree then tells.
 */
export async function compareTree(
  { tree, source, all }: Comparison,
  there: (path: string) => RootPath,
  sidecar: Sidecar,
): Promise<void> {
  for (let at = 0; at < all.length; at += BATCH) {
    const batch = all.slice(at, at + BATCH);
    const looks = batch.map(({ path }) => lookOperation(there(path)));
    const answers = await sidecar.ask(...looks);
    for (const [number, { path, kind }] of batch.entries())
      if (!isAlike(answers[number], kind, join(source, path))) tree.doubt(path);
  }
}

/** Whether what was seen there is what is here. */
function isAlike(answer: Answer | undefined, kind: Kind, path: string): boolean {
  if (answer?.kind !== 'sight' || answer.what !== kind) return false;
  try {
    if (kind === 'link') return answer.digest === digestOf(fs.readlinkSync(path, 'buffer'));
    const stat = statOf(path);
    if (!stat || answer.mode !== modeIn(stat.mode)) return false;
    return kind === 'folder' || (stat.isFile() && answer.digest === digestOf(fs.readFileSync(path)));
  } catch {
    // It is no longer what it was, which whoever watches it tells, too.
    return false;
  }
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
