import type { SwarmNode } from '../../engine/swarm/nodes.js';
import type { SwarmTask } from '../../engine/swarm/tasks.js';
import { causeOf } from '../task-cause.js';

/** How a task has come out that is to end. */
export interface End {
  kind: 'ended';
  /** Undefined where it has none: it was never made, or nobody can tell. */
  status?: number;
  /** What went wrong, in words; undefined of what ended with status 0. */
  problem?: string;
  /** Whether its node can tell what it has written. */
  tells: boolean;
}

/** Where a task stands that is to end. */
export type Fate = { kind: 'waits'; why: string } | { kind: 'runs' } | End;

/** @param node the one that has it, as far as the swarm has that still */
export function fateOf(task: SwarmTask, node: SwarmNode | undefined): Fate {
  const { State, Err = '' } = task.Status;
  const status = statusOf(task);
  switch (State) {
    case 'complete':
      return { kind: 'ended', status: 0, tells: true };
    case 'failed':
      return { kind: 'ended', status, problem: causeOf(task), tells: true };
    case 'rejected':
      return { kind: 'ended', problem: causeOf(task), tells: false };
  }
  const lost = whyLost(task, node);
  if (lost !== undefined) return { kind: 'ended', problem: lost, tells: false };
  if (isTakenAway(task)) {
    const why = node?.availability === 'drain' ? `, since ${node.hostname} drains` : '';
    return { kind: 'ended', status, problem: `was ended by the swarm${why}`, tells: true };
  }
  return State === 'running' ? { kind: 'runs' } : { kind: 'waits', why: Err || State };
}

/** A container that has not ended by itself has 0, too. */
function statusOf({ Status: { ContainerStatus } }: SwarmTask): number | undefined {
  return ContainerStatus?.ExitCode || undefined;
}

/** States of a task that the swarm itself has ended. */
const TAKEN_AWAY = new Set(['shutdown', 'remove', 'orphaned']);

/** Whether the swarm itself has ended a task: its node may tell why. */
export function isTakenAway({ Status: { State } }: SwarmTask): boolean {
  return TAKEN_AWAY.has(State);
}

function whyLost({ NodeID }: SwarmTask, node: SwarmNode | undefined): string | undefined {
  if (!NodeID) return undefined;
  if (!node) return 'was lost with its node, which has left the swarm';
  return node.state === 'down' ? `was lost with ${node.hostname}, which is down` : undefined;
}
