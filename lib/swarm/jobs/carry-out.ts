import { setTimeout as sleep } from 'node:timers/promises';
import type { Means } from '../../engine/means.js';
import { changeLabels, listNodes, type SwarmNode } from '../../engine/swarm/nodes.js';
import { createService, listServices, removeService } from '../../engine/swarm/services.js';
import { type SwarmTask, tasksOf } from '../../engine/swarm/tasks.js';
import type { Engine } from '../../engine/types.js';
import { hasEnded } from '../../system/process-mark.js';
import { causeOf } from '../deploy/failures.js';
import type { TaskLine } from '../task-lines.js';
import { JOB_LABEL, JOB_PROJECT_LABEL, type JobPlan } from './plan.js';
import { TaskReader } from './reader.js';

/** What became of an index. */
export interface IndexResult {
  index: number;
  /** How often it ran. */
  tries: number;
  /** Hostname of the node that ran it last. */
  node?: string;
  /** Exit status of its last try; undefined where it has none: never made, lost, or not run to its end. */
  status?: number;
  /** What went wrong, in words. */
  problem?: string;
  /** Milliseconds of its last try. */
  elapsed: number;
}

export interface JobMeans extends Pick<Means, 'report' | 'signal'> {
  /** Gets each line as it is written. */
  tell: (index: number, line: TaskLine) => void;
  /** Gets all that a try has written. */
  keep: (index: number, tryNumber: number, lines: readonly TaskLine[]) => Promise<void>;
}

/** Milliseconds between two looks, and between two looks at the nodes. */
const LOOK = 250;
const LOOK_AT_NODES = 2_000;

/**
 * Runs an image once for each index, some of them at a time, where the swarm finds room for them. Nothing of it is left
 * in the swarm behind, and what a killed process has left of an earlier one goes first.
 *
 * @returns what became of each index, in their order
 */
export async function carryOutJob(plan: JobPlan, means: JobMeans): Promise<IndexResult[]> {
  const { manager, image, unlabelled, project, mark } = plan;
  for (const { id } of unlabelled) await changeLabels(manager, id, { [image.label]: image.name });
  await sweep(manager, project);
  means.signal.throwIfAborted();
  const run = new JobRun(plan, means);
  try {
    return await run.toItsEnd();
  } finally {
    run.close();
    await removeMarked(manager, mark);
  }
}

/** Removes what killed processes have left. */
async function sweep(manager: Engine, project: string): Promise<void> {
  const services = await listServices(manager, `${JOB_PROJECT_LABEL}=${project}`);
  const left = services.filter(({ Spec }) => hasEnded(Spec.labels[JOB_LABEL] ?? ''));
  await Promise.all(left.map(({ ID }) => removeService(manager, ID)));
}

async function removeMarked(manager: Engine, mark: string): Promise<void> {
  const services = await listServices(manager, `${JOB_LABEL}=${mark}`);
  await Promise.all(services.map(({ ID }) => removeService(manager, ID)));
}

/** A try of an index, while it runs. */
interface Running {
  index: number;
  tryNumber: number;
  service: string;
  started: number;
  reader?: TaskReader;
}

const ENDED = new Set(['complete', 'failed', 'rejected']);

class JobRun {
  readonly #plan: JobPlan;
  readonly #means: JobMeans;
  readonly #waiting: { index: number; tryNumber: number }[];
  readonly #running = new Map<string, Running>();
  readonly #results = new Map<number, IndexResult>();
  #nodes: readonly SwarmNode[];
  #lookedAtNodes = 0;
  /** Whether nothing further is started, and what runs is ended. */
  #stops = false;

  constructor(plan: JobPlan, means: JobMeans) {
    this.#plan = plan;
    this.#means = means;
    this.#nodes = plan.nodes;
    this.#waiting = Array.from({ length: plan.counts.completions }, (_, index) => ({ index, tryNumber: 1 }));
  }

  async toItsEnd(): Promise<IndexResult[]> {
    const { signal } = this.#means;
    while (!this.#stops && this.#waiting.length + this.#running.size > 0) {
      await this.#start();
      await this.#look();
      signal.throwIfAborted();
      await sleep(LOOK, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    const { completions } = this.#plan.counts;
    return Array.from({ length: completions }, (_, index) => this.#results.get(index) ?? this.#notRun(index));
  }

  close(): void {
    for (const { reader } of this.#running.values()) reader?.close();
  }

  #notRun(index: number): IndexResult {
    const running = [...this.#running.values()].find((one) => one.index === index);
    if (!running) return { index, tries: 0, problem: 'was not run', elapsed: 0 };
    const { tryNumber: tries, started } = running;
    return { index, tries, problem: 'was ended, since another one failed', elapsed: Date.now() - started };
  }

  async #start(): Promise<void> {
    const { manager, counts, specOf } = this.#plan;
    while (this.#running.size < counts.atOnce) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#means.signal.throwIfAborted();
      const service = await createService(manager, specOf(next.index, next.tryNumber));
      this.#running.set(service, { ...next, service, started: Date.now() });
    }
  }

  async #look(): Promise<void> {
    const { manager } = this.#plan;
    await this.#lookAtNodes();
    const tasks = await tasksOf(manager, ...this.#running.keys());
    for (const running of [...this.#running.values()]) {
      const task = tasks.find(({ ServiceID }) => ServiceID === running.service);
      if (!task || this.#stops) continue;
      const node = this.#nodes.find(({ id }) => id === task.NodeID);
      if (ENDED.has(task.Status.State)) await this.#ended(running, task, node);
      else if (node?.state === 'down') await this.#lost(running, node);
      else if (task.Status.State === 'running') this.#read(running, task);
    }
  }

  async #lookAtNodes(): Promise<void> {
    if (Date.now() - this.#lookedAtNodes < LOOK_AT_NODES) return;
    this.#nodes = await listNodes(this.#plan.manager);
    this.#lookedAtNodes = Date.now();
  }

  #read(running: Running, task: SwarmTask): TaskReader {
    const { manager, tty } = this.#plan;
    const tell = (line: TaskLine) => this.#means.tell(running.index, line);
    return (running.reader ??= new TaskReader(manager, task.ID, !tty, tell));
  }

  async #ended(running: Running, task: SwarmTask, node: SwarmNode | undefined): Promise<void> {
    const { index, tryNumber } = running;
    const { State, ContainerStatus } = task.Status;
    const elapsed = Date.now() - running.started;
    if (State !== 'rejected') {
      const lines = await this.#read(running, task).finish(this.#means.signal);
      await this.#means.keep(index, tryNumber, lines);
    }
    const status = State === 'rejected' ? undefined : (ContainerStatus?.ExitCode ?? 0);
    const isFine = State === 'complete' && status === 0;
    const problem = isFine ? {} : { problem: causeOf(task) };
    await this.#settle(running, {
      index,
      tries: tryNumber,
      node: node?.hostname,
      status,
      ...problem,
      elapsed,
    });
  }

  async #lost(running: Running, { hostname }: SwarmNode): Promise<void> {
    const { index, tryNumber: tries, started } = running;
    running.reader?.close();
    const problem = `was lost with ${hostname}, which is down`;
    await this.#settle(running, { index, tries, node: hostname, problem, elapsed: Date.now() - started });
  }

  async #settle(running: Running, result: IndexResult): Promise<void> {
    const { counts, manager } = this.#plan;
    const { index, tryNumber } = running;
    this.#running.delete(running.service);
    await removeService(manager, running.service);
    if (result.problem !== undefined && tryNumber <= counts.retries) {
      this.#means.report.info(`${index} ${result.problem}: try ${tryNumber + 1} of ${counts.retries + 1}`);
      this.#waiting.unshift({ index, tryNumber: tryNumber + 1 });
      return;
    }
    this.#results.set(index, result);
    if (result.problem !== undefined && !counts.keepGoing) this.#stops = true;
  }
}
