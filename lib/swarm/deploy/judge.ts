import type { SwarmNode } from '../../engine/swarm/nodes.js';
import type { SwarmService } from '../../engine/swarm/services.js';
import type { SwarmTask } from '../../engine/swarm/tasks.js';
import { isRecord } from '../../text/record.js';
import { essenceOf } from '../essence.js';

/** What a service is on its way to. */
export interface Course {
  /** Its `TaskTemplate`, as the swarm keeps it. */
  task: Readonly<Record<string, unknown>>;
  /** Containers in all; undefined where each node has one. */
  replicas?: number;
  /** How many nodes may have one. */
  nodes: number;
  /** When it was set on this course, as the swarm writes it. */
  since: string;
  /** Whether it goes back to what it was before. */
  back?: boolean;
  /** Whether it is what it is to be already: what the swarm says of going back is of an earlier change, and led here. */
  unchanged?: boolean;
}

export type Verdict =
  | { kind: 'going'; back?: boolean }
  /** All of it runs. */
  | { kind: 'runs' }
  /** A task failed, and nobody undoes it. */
  | { kind: 'failed' }
  /** The swarm has stopped half-way. */
  | { kind: 'paused' }
  /** The swarm has gone back to what was there before. */
  | { kind: 'undone' };

/** What of the nodes has a say in how a service stands. */
type NodeStanding = Pick<SwarmNode, 'id' | 'state' | 'availability'>;

/** Where a service stands, by what a swarm says of it, its tasks and its nodes. */
export function judge(
  service: SwarmService,
  all: readonly SwarmTask[],
  course: Course,
  nodes: readonly NodeStanding[],
): Verdict {
  const tasks = course.replicas === undefined ? withoutPaused(all, nodes) : all;
  if (!isStuck(service, tasks, nodes)) return judgeState(service, tasks, course);
  if (course.back) return { kind: 'runs' };
  return course.unchanged ? judgeTasks(tasks, course) : { kind: 'undone' };
}

function judgeState(service: SwarmService, tasks: readonly SwarmTask[], course: Course): Verdict {
  const state = service.UpdateStatus?.State ?? '';
  if (course.back) return judgeBack(state, tasks, course);
  if (course.unchanged && state === 'rollback_completed') return judgeTasks(tasks, course);
  switch (state) {
    case 'updating':
      return { kind: 'going' };
    case 'rollback_started':
      return { kind: 'going', back: true };
    case 'rollback_completed':
      return allRun(service, tasks) ? { kind: 'undone' } : { kind: 'going', back: true };
    case 'paused':
    case 'rollback_paused':
      return { kind: 'paused' };
    default:
      return judgeTasks(tasks, course);
  }
}

/** Of a service with one on each node, a node that is paused keeps what it has, whatever the others get. */
function withoutPaused(tasks: readonly SwarmTask[], nodes: readonly NodeStanding[]): SwarmTask[] {
  const paused = new Set(nodes.filter(({ availability }) => availability === 'pause').map(({ id }) => id));
  return tasks.filter(({ NodeID = '' }) => !paused.has(NodeID));
}

/** Where a node is lost, a swarm may say for ever that it goes back, though all that is left is what it was before. */
function isStuck(
  service: SwarmService,
  tasks: readonly SwarmTask[],
  nodes: readonly NodeStanding[],
): boolean {
  if (service.UpdateStatus?.State !== 'rollback_started') return false;
  if (nodes.every((node) => node.state === 'ready')) return false;
  const { TaskTemplate: task } = service.Spec.whole;
  const wanted = wantedOf(tasks);
  const isBack = wanted.every((one) => isCurrent(one, { task: isRecord(task) ? task : {} }));
  return wanted.length > 0 && isBack && allRun(service, tasks);
}

/** Whether all that there is to be runs, whatever it is: a swarm says that it has gone back when it has begun the last. */
function allRun({ Spec: { replicas = 0 } }: SwarmService, tasks: readonly SwarmTask[]): boolean {
  const wanted = wantedOf(tasks);
  return wanted.length >= replicas && wanted.every(({ Status }) => Status.State === 'running');
}

function wantedOf(tasks: readonly SwarmTask[]): SwarmTask[] {
  return tasks.filter(({ DesiredState }) => DesiredState === 'running' || DesiredState === 'ready');
}

function judgeBack(state: string, tasks: readonly SwarmTask[], course: Course): Verdict {
  if (state === 'rollback_started' || state === 'updating') return { kind: 'going' };
  return state === 'rollback_paused' ? { kind: 'paused' } : judgeTasks(tasks, course);
}

function judgeTasks(tasks: readonly SwarmTask[], course: Course): Verdict {
  const wanted = wantedOf(tasks);
  const running = wanted.filter((task) => isCurrent(task, course) && task.Status.State === 'running');
  const enough = running.length >= (course.replicas ?? course.nodes);
  if (enough && running.length === wanted.length) return { kind: 'runs' };
  return firstFailed(tasks, course) ? { kind: 'failed' } : { kind: 'going' };
}

/** Of a service that is to run on, an end with status 0 is none of what it should do. */
export const FAILED: ReadonlySet<string> = new Set(['failed', 'rejected', 'complete']);

/** The first of the new tasks that went wrong. */
export function firstFailed(tasks: readonly SwarmTask[], course: Course): SwarmTask | undefined {
  return tasks.find((task) => FAILED.has(task.Status.State) && isNew(task, course));
}

/** Whether a task was made on this course. */
export function isNew(task: SwarmTask, course: Course): boolean {
  return task.CreatedAt >= course.since && isCurrent(task, course);
}

/** What of a task decides whether the swarm makes it anew; where it may run does not, as long as it may run there. */
const PARTS = ['ContainerSpec', 'Resources', 'RestartPolicy', 'LogDriver', 'ForceUpdate'];

function isCurrent({ Spec }: SwarmTask, { task }: Pick<Course, 'task'>): boolean {
  return PARTS.every((part) => essenceOf(Spec[part]) === essenceOf(task[part]));
}
