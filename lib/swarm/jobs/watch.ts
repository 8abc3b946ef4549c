import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal } from '../../engine/client/errors.js';
import { listNodes, type SwarmNode } from '../../engine/swarm/nodes.js';
import { listServices } from '../../engine/swarm/services.js';
import { type SwarmTask, tasksOf } from '../../engine/swarm/tasks.js';
import { formatDuration } from '../../report/format.js';
import { unlessAborted } from '../../system/unless-aborted.js';
import { type End, type Fate, fateOf, isTakenAway } from './fate.js';
import { JOB_LABEL, type JobPlan } from './plan.js';

/** What is seen of a service that is to end. */
export interface Sight<Stands extends Fate = Fate> {
  fate: Stands;
  /** Absent where the service has gone. */
  task?: SwarmTask;
  /** Hostname of the node that has it. */
  node?: string;
}

/** Milliseconds between two looks at least, and between two looks at the nodes. */
const LOOK = 250;
const LOOK_AT_NODES = 2_000;

/** A service that is waited for. */
interface Watched {
  /** When the swarm last had a task of it, or was asked for one first. */
  seenAt: number;
  see: (sight: Sight) => void;
}

/** Looks at all the services of a job at once, for those that wait for one of them. */
export class Watch {
  readonly #plan: Pick<JobPlan, 'manager' | 'mark'>;
  readonly #taskless: number;
  readonly #watched = new Map<string, Watched>();
  #nodes: readonly SwarmNode[] = [];
  #lookedAtNodes = -Infinity;

  /** @param taskless milliseconds for which a service may be without a task: a swarm makes one at once */
  constructor(plan: Pick<JobPlan, 'manager' | 'mark'>, taskless = 60_000) {
    this.#plan = plan;
    this.#taskless = taskless;
  }

  /**
   * Waits until a service's task has ended.
   *
   * @param tell gets each look at it, the last one too
   */
  async ended(service: string, tell: (sight: Sight) => void, signal: AbortSignal): Promise<Sight<End>> {
    try {
      const end = new Promise<Sight<End>>((resolve) =>
        this.#watched.set(service, {
          seenAt: performance.now(),
          see: (sight) => {
            const { fate } = sight;
            tell(sight);
            if (fate.kind === 'ended') resolve({ ...sight, fate });
          },
        }),
      );
      return await unlessAborted(end, signal);
    } finally {
      this.#watched.delete(service);
    }
  }

  /** Looks until the signal is aborted. */
  async look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      await this.#lookOnce();
      // Where a look takes long, there are many, or the way is: at most half of the time goes into it.
      await sleep(Math.max(LOOK, performance.now() - began), undefined, { signal }).catch(() => undefined);
    }
  }

  async #lookOnce(): Promise<void> {
    const tasks = await this.#tasks();
    await this.#lookAtNodes(tasks);
    for (const task of tasks) {
      const node = this.#nodes.find(({ id }) => id === task.NodeID);
      const watched = this.#watched.get(task.ServiceID);
      if (watched) watched.seenAt = performance.now();
      watched?.see({ fate: fateOf(task, node), task, node: node?.hostname });
    }
    const problem = `has had no task in the swarm for ${formatDuration(this.#taskless)}`;
    for (const { seenAt, see } of this.#watched.values())
      if (performance.now() - seenAt > this.#taskless)
        see({ fate: { kind: 'ended', problem, tells: false } });
  }

  async #tasks(): Promise<SwarmTask[]> {
    const { manager, mark } = this.#plan;
    const services = [...this.#watched.keys()];
    try {
      return await tasksOf(manager, ...services);
    } catch (error) {
      if (!isRefusal(error, 404)) throw error;
      const there = (await listServices(manager, `${JOB_LABEL}=${mark}`)).map(({ ID }) => ID);
      const problem = 'was removed from the swarm by somebody else';
      const fate: End = { kind: 'ended', problem, tells: false };
      for (const gone of services.filter((id) => !there.includes(id))) this.#watched.get(gone)?.see({ fate });
      return [];
    }
  }

  async #lookAtNodes(tasks: readonly SwarmTask[]): Promise<void> {
    const isUnknown = ({ NodeID }: SwarmTask) => NodeID && this.#nodes.every(({ id }) => id !== NodeID);
    const asks = tasks.some((task) => isUnknown(task) || isTakenAway(task));
    if (!asks && performance.now() - this.#lookedAtNodes < LOOK_AT_NODES) return;
    this.#nodes = await listNodes(this.#plan.manager);
    this.#lookedAtNodes = performance.now();
  }
}
