import type { Task } from '../task.js';

/** The part of gulp (an Undertaker) that is used to find out which tasks a run consists of. */
export interface Gulp {
  task: {
    (name: string): Runnable | undefined;
    (name: string, work: Runnable): void;
  };
  parallel: (...tasks: Runnable[]) => Runnable;
  tree: (options: { deep: true }) => { nodes: TreeNode[] };
  prependListener: (event: 'start', listener: () => void) => unknown;
  off: (event: 'start', listener: () => void) => unknown;
  Gulp: new () => Gulp;
}

/** Whether a registry's taker is a whole gulp. */
export function isGulp(taker: object): taker is Gulp {
  return 'tree' in taker && 'Gulp' in taker && 'prependListener' in taker;
}

export type Runnable = ((...args: never[]) => unknown) & { unwrap?: () => Runnable };

interface TreeNode {
  label: string;
  type?: string;
  nodes: TreeNode[];
}

/** What a run of gulp is made of, as far as its tree tells. */
export interface Reachable {
  tasks: Task[];
  /** Whether functions of the gulpfile are among it, which may call tasks by themselves. */
  others: boolean;
  /** Those that have others within, and among these none of the gulpfile's own. */
  pure: ReadonlySet<Task>;
}

/** What a task of ours has within it. */
export type InnerOf = (task: Task) => Runnable | undefined;

/**
 * The tasks of ours that run when gulp runs those of the given names.
 *
 * @param made all tasks of ours: undertaker tells children of `series` and `parallel` by labels, which a function of the
 * gulpfile may have too, but its node of one function is the same object in all trees
 * @param innerOf what of them is not in the tree of gulp, but within one of these tasks
 */
export function reachableTasks(
  gulp: Gulp,
  names: readonly string[],
  made: readonly Task[],
  innerOf: InnerOf = () => undefined,
): Reachable {
  const ours = new Set<Runnable>(made);
  const nodes = nodesOf(gulp, made);
  const roots = new Map(gulp.tree({ deep: true }).nodes.map((node) => [node.label, node]));
  const tasks = new Set<Task>();
  const pure = new Set<Task>();
  let others = false;
  const take = (task: Task) => {
    tasks.add(task);
    const inner = innerOf(task);
    if (!inner) return;
    const before = others;
    others = false;
    visit(nodeOf(gulp, inner));
    if (!others) pure.add(task);
    others ||= before;
  };
  const visit = (node: TreeNode) => {
    const own = nodes.get(node);
    if (own) return take(own);
    if (node.nodes.length > 0) return node.nodes.forEach(visit);
    const work = node.type === 'task' ? unwrapped(gulp.task(node.label)) : undefined;
    const task = made.find((one) => one === work);
    if (task && ours.has(task)) take(task);
    else others = true;
  };
  for (const name of names) {
    const root = roots.get(name);
    if (root) visit(root);
  }
  return { tasks: [...tasks], others, pure };
}

/** The node of any function, as it is in all trees. */
function nodeOf(gulp: Gulp, work: Runnable): TreeNode {
  const scratch = new gulp.Gulp();
  scratch.task('one', scratch.parallel(work));
  return scratch.tree({ deep: true }).nodes[0]?.nodes[0]?.nodes[0] ?? { label: '', nodes: [] };
}

function unwrapped(work: Runnable | undefined): Runnable | undefined {
  return work?.unwrap?.() ?? work;
}

/** The nodes that undertaker has for tasks, in all trees that they are part of. */
function nodesOf(gulp: Gulp, made: readonly Task[]): Map<TreeNode, Task> {
  if (made.length === 0) return new Map();
  const scratch = new gulp.Gulp();
  scratch.task('made', scratch.parallel(...made));
  const list = scratch.tree({ deep: true }).nodes[0]?.nodes[0]?.nodes ?? [];
  return new Map(list.flatMap((node, index) => (made[index] ? [[node, made[index]] as const] : [])));
}
