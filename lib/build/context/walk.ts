import { Judge, type Selection, type Verdict } from '../../ignore/selection.js';
import { type ContextEntry, type ContextNode, type ContextSource, isDirectory } from './source.js';

/**
 * The wanted entries of a context: a folder before what is in it, names in byte order, each with the folders that
 * lead to it. This is the order that BuildKit's file sync insists on. Of a file with several names the first one that
 * is wanted carries the content, the others are hard links to it.
 */
export function* walk(source: ContextSource, selection: Selection = {}): Generator<ContextEntry> {
  const judge = new Judge(selection);
  const firstNames = new Map<string, string>();
  const open: OpenFolder[] = [{ nodes: source.list(''), next: 0, sent: true }];

  for (let current = open.at(-1); current; current = open.at(-1)) {
    const node = current.nodes[current.next++];
    if (!node) {
      open.pop();
      continue;
    }
    const verdict = judge.judge(node.path, current.verdict);
    if (verdict.wanted) {
      const entry = node.entry();
      if (!entry) continue;
      yield* unsentFolders(open);
      yield hardLink(entry, firstNames);
    }
    if (node.directory && (verdict.wanted || judge.worthEntering(node.path, verdict))) {
      open.push({ node, nodes: source.list(node.path), next: 0, verdict, sent: verdict.wanted });
    }
  }
}

interface OpenFolder {
  node?: ContextNode;
  nodes: readonly ContextNode[];
  next: number;
  verdict?: Verdict;
  /** A folder that is not wanted itself goes along once something in it does. */
  sent: boolean;
}

function* unsentFolders(open: readonly OpenFolder[]): Generator<ContextEntry> {
  for (const folder of open) {
    if (folder.sent) continue;
    folder.sent = true;
    const entry = folder.node?.entry();
    if (entry) yield entry;
  }
}

function hardLink(entry: ContextEntry, firstNames: Map<string, string>): ContextEntry {
  if (entry.identity === undefined || isDirectory(entry)) return entry;
  const first = firstNames.get(entry.identity);
  if (first !== undefined) return { ...entry, linkname: first, size: 0 };
  firstNames.set(entry.identity, entry.path);
  return entry;
}
