import type { Means } from '../../engine/means.js';
import { createService, removeService } from '../../engine/swarm/services.js';
import type { Activity, ItemState } from '../../report/types.js';
import { errorOf } from '../../text/thrown.js';
import { TryOutput, type TrySink } from './output.js';
import type { JobPlan } from './plan.js';
import { type Sight, Watch } from './watch.js';

/** What became of an index. */
export interface IndexResult {
  index: number;
  /** How often it ran. */
  tries: number;
  /** Hostname of the node that ran it last. */
  node?: string;
  /** Exit status of its last try; undefined where it has none: never made, lost, or not run to its end. */
  status?: number;
  /** What went wrong, in words; undefined where it ended with status 0. */
  problem?: string;
  /** Milliseconds of its last try, from when a node had it. */
  elapsed: number;
}

export interface JobMeans extends Pick<Means, 'report' | 'signal'> {
  /** Opens what a try of an index writes to; tries are counted from 1. */
  open: (index: number, tryNumber: number) => Promise<TrySink>;
}

/** What ends the rest where an index has failed for good. */
const ENOUGH = new Error('Another index has failed.');
const DONE = new Error('All have ended.');

/** The course of a job: as many at a time as there may be, each index until it has ended well or has no more tries. */
export class JobRun {
  readonly #plan: JobPlan;
  readonly #means: JobMeans;
  readonly #activity: Activity;
  readonly #watch: Watch;
  readonly #results = new Map<number, IndexResult>();
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  #next = 0;
  #creating: Promise<unknown> = Promise.resolve();
  /** Services that have ended and told all, and are still there. */
  #ended: string[] = [];

  constructor(plan: JobPlan, means: JobMeans, activity: Activity) {
    this.#plan = plan;
    this.#means = means;
    this.#activity = activity;
    this.#watch = new Watch(plan);
    this.#signal = AbortSignal.any([means.signal, this.#end.signal]);
  }

  /** @returns what became of each index, in their order */
  async toItsEnd(): Promise<IndexResult[]> {
    const { completions, atOnce } = this.#plan.counts;
    const fail = (error: unknown) => this.#end.abort(error);
    const watching = this.#watch.look(this.#signal).catch(fail);
    const workers = Array.from({ length: Math.min(completions, atOnce) }, () => this.#work().catch(fail));
    await Promise.all(workers);
    this.#end.abort(DONE);
    await watching;
    const reason: unknown = this.#signal.reason;
    if (reason !== DONE && reason !== ENOUGH) throw errorOf(reason);
    return Array.from(
      { length: completions },
      (_, index) => this.#results.get(index) ?? { index, tries: 0, problem: 'was not run', elapsed: 0 },
    );
  }

  async #work(): Promise<void> {
    while (!this.#signal.aborted && this.#next < this.#plan.counts.completions) await this.#run(this.#next++);
  }

  async #run(index: number): Promise<void> {
    const { retries, keepGoing } = this.#plan.counts;
    for (let tries = 1; ; tries++) {
      const result = await this.#try(index, tries);
      if (!result) return;
      this.#results.set(index, result);
      if (result.problem === undefined) return;
      if (tries > retries) return keepGoing ? undefined : this.#end.abort(ENOUGH);
    }
  }

  /** @returns undefined where it was not begun, since others have ended all */
  async #try(index: number, tryNumber: number): Promise<IndexResult | undefined> {
    const { manager, tty } = this.#plan;
    const result: IndexResult = { index, tries: tryNumber, elapsed: 0 };
    let isMade = false;
    let began: number | undefined;
    const output = new TryOutput(manager, { framed: !tty }, await this.#means.open(index, tryNumber));
    const see = ({ fate, task, node }: Sight) => {
      if (node !== undefined && result.node === undefined) began = performance.now();
      result.node = node ?? result.node;
      result.elapsed = began === undefined ? 0 : Math.round(performance.now() - began);
      if (fate.kind === 'runs' && task) output.follow(task.ID);
      if (fate.kind !== 'ended') this.#show(result, 'running', fate.kind === 'runs' ? 'runs' : fate.why);
    };
    try {
      const service = await this.#create(index, tryNumber);
      isMade = true;
      const { fate, task } = await this.#watch.ended(service, see, this.#signal);
      if (task && fate.tells) await output.finish(task.ID, this.#means.signal);
      // Not before: with its service goes what a task has written.
      this.#ended.push(service);
      const { status, problem } = fate;
      this.#show(result, problem === undefined ? 'done' : 'failed', problem ?? 'exit status 0');
      return { ...result, status, problem };
    } catch (error) {
      if (error !== ENOUGH) throw error;
      return isMade ? { ...result, problem: 'was ended, since another one failed' } : undefined;
    } finally {
      await output.close();
    }
  }

  async #create(index: number, tryNumber: number): Promise<string> {
    const { manager, specOf } = this.#plan;
    const creating = this.#creating.then(() => {
      this.#signal.throwIfAborted();
      return createService(manager, specOf(index, tryNumber));
    });
    this.#creating = creating.catch(() => undefined);
    const service = await creating;
    // Not before: as long as there is a service of it, a deployment beside this job leaves its image on the nodes.
    for (const ended of this.#ended.splice(0)) await removeService(manager, ended);
    return service;
  }

  #show({ index, tries, node }: IndexResult, state: ItemState['state'], note: string): void {
    const again = tries === 1 ? '' : `, try ${tries}`;
    const label = `${index}${node === undefined ? '' : ` on ${node}`}${again}`;
    this.#activity.item(`${index}.${tries}`, { label, state, note });
  }
}
