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

type Runnable = ((...args: never[]) => unknown) & { unwrap?: () => Runnable };

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
}

/**
 * The tasks of ours that run when gulp runs those of the given names.
 *
 * @param made all tasks of ours: undertaker tells children of `series` and `parallel` by labels, which a function of the
 * gulpfile may have too, but its node of one function is the same object in all trees
 */
export function reachableTasks(gulp: Gulp, names: readonly string[], made: readonly Task[]): Reachable {
  const ours = new Set<Runnable>(made);
  const nodes = nodesOf(gulp, made);
  const roots = new Map(gulp.tree({ deep: true }).nodes.map((node) => [node.label, node]));
  const tasks = new Set<Task>();
  let others = false;
  const visit = (node: TreeNode) => {
    const own = nodes.get(node);
    if (own) return void tasks.add(own);
    if (node.nodes.length > 0) return node.nodes.forEach(visit);
    const work = node.type === 'task' ? unwrapped(gulp.task(node.label)) : undefined;
    const task = made.find((one) => one === work);
    if (task && ours.has(task)) tasks.add(task);
    else others = true;
  };
  for (const name of names) {
    const root = roots.get(name);
    if (root) visit(root);
  }
  return { tasks: [...tasks], others };
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
