import { setTimeout as sleep } from 'node:timers/promises';
import { listNodes, type SwarmNode } from '../../engine/swarm/nodes.js';
import { findService } from '../../engine/swarm/services.js';
import { type SwarmTask, tasksOf } from '../../engine/swarm/tasks.js';
import type { Engine } from '../../engine/types.js';
import type { Activity } from '../../report/types.js';
import { causeOf } from '../task-cause.js';
import { serviceGone } from './failures.js';
import { type Course, FAILED, firstFailed, isNew, judge, type Verdict } from './judge.js';

/** Milliseconds between two looks. */
const LOOK = 250;

/** Milliseconds between two looks at the nodes. */
const LOOK_AT_NODES = 2_000;

export interface Followed {
  manager: Engine;
  /** ID of the service, and its name. */
  id: string;
  name: string;
  course: Course;
  /** All that the swarm has. */
  nodes: readonly SwarmNode[];
  /** Milliseconds for which all of it must run. */
  hold: number;
  /** Milliseconds in all. */
  timeout: number;
}

/** How a service has come out. */
export type Outcome = Exclude<Verdict['kind'], 'going'> | 'late';

export interface Result {
  outcome: Outcome;
  /** The first of its new tasks that went wrong. */
  failed?: SwarmTask;
  /** Whether the swarm has begun to go back to what was there before. */
  isBack: boolean;
  /** Names of nodes that were ready when it began, and are not any more: a swarm may wait for them. */
  lost: readonly string[];
  /** The last look at its tasks. */
  tasks: readonly SwarmTask[];
}

/** Follows a service until it has come to an end, and shows each of its new tasks. */
export async function follow(followed: Followed, activity: Activity, signal: AbortSignal): Promise<Result> {
  const { course, hold, timeout } = followed;
  const started = performance.now();
  let runsSince: number | undefined;
  let failed: SwarmTask | undefined;
  let isBack = false;
  const lookAtNodes = watchNodes(followed, activity);
  for (;;) {
    const { nodes, lost } = await lookAtNodes();
    const { verdict, tasks } = await look({ ...followed, nodes }, signal);
    show(tasks, followed, activity);
    failed ??= firstFailed(tasks, course);
    if (isOnTheWayBack(verdict) && !isBack) {
      isBack = true;
      activity.line(`the swarm goes back to what ${followed.name} was before`);
    }
    runsSince = verdict.kind === 'runs' ? (runsSince ?? performance.now()) : undefined;
    const isHeld = runsSince === undefined || performance.now() - runsSince >= hold;
    if (verdict.kind !== 'going' && isHeld) return { outcome: verdict.kind, failed, isBack, lost, tasks };
    if (performance.now() - started > timeout) return { outcome: 'late', failed, isBack, lost, tasks };
    await sleep(LOOK, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

interface NodesNow {
  nodes: readonly SwarmNode[];
  /** Names of those that have been lost. */
  lost: readonly string[];
}

/** @returns what says how the nodes are, and tells of each that has been lost */
function watchNodes({ manager, nodes }: Followed, activity: Activity): () => Promise<NodesNow> {
  const before = new Set(nodes.filter(({ state }) => state === 'ready').map(({ id }) => id));
  let known: NodesNow = { nodes, lost: [] };
  let lookedAt = performance.now();
  return async () => {
    if (performance.now() - lookedAt < LOOK_AT_NODES) return known;
    const all = await listNodes(manager);
    const gone = all.filter(({ id, state }) => before.has(id) && state !== 'ready');
    for (const { hostname, state } of gone)
      if (!known.lost.includes(hostname)) activity.line(`${hostname} is ${state}`);
    known = { nodes: all, lost: gone.map(({ hostname }) => hostname) };
    lookedAt = performance.now();
    return known;
  };
}

async function look({ manager, id, name, course, nodes }: Followed, signal: AbortSignal) {
  const [service, tasks] = await Promise.all([findService(manager, id), tasksOf(manager, id)]);
  signal.throwIfAborted();
  if (!service) throw serviceGone(name);
  return { verdict: judge(service, tasks, course, nodes), tasks };
}

function isOnTheWayBack(verdict: Verdict): boolean {
  return verdict.kind === 'going' && verdict.back === true;
}

/** `web.2 on node-3`, or `web on node-3` where each node has one. */
export function placeOf(
  { Slot, NodeID }: SwarmTask,
  { name, nodes }: Pick<Followed, 'name' | 'nodes'>,
): string {
  const slot = Slot === undefined || Slot === 0 ? '' : `.${Slot}`;
  const node = nodes.find(({ id }) => id === NodeID)?.hostname ?? NodeID;
  return `${name}${slot}${node ? ` on ${node}` : ''}`;
}

/** What keeps tasks from running, a line each. */
export function waitingFor(tasks: readonly SwarmTask[], followed: Followed): string[] {
  const waiting = tasks.filter(
    ({ DesiredState, Status: { State } }) => DesiredState === 'running' && State !== 'running',
  );
  return waiting.map((task) => {
    const { State, Err } = task.Status;
    return `${placeOf(task, followed)} is ${State}${Err ? `: ${Err}` : ''}`;
  });
}

function show(tasks: readonly SwarmTask[], followed: Followed, activity: Activity): void {
  for (const task of tasks) {
    if (!isNew(task, followed.course)) continue;
    const { State, Err } = task.Status;
    const label = placeOf(task, followed);
    if (FAILED.has(State)) activity.item(task.ID, { label, state: 'failed', note: causeOf(task) });
    else if (State === 'running') activity.item(task.ID, { label, state: 'done', note: 'running' });
    else if (task.DesiredState === 'running')
      activity.item(task.ID, { label, state: 'running', note: Err || State });
  }
}
