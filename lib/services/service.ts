import { Container } from '../engine/containers/container.js';
import { inspectContainer, type InspectedContainer } from '../engine/containers/inspect.js';
import { createContainer } from '../run/create.js';
import { explainRefusal } from '../run/engine-errors.js';
import type { RunPlan } from '../run/index.js';
import type { Reachable } from './environment.js';
import { Output, whenItComes } from './output.js';
import { startAndWait, type Waited } from './ready/ready.js';
import type { ServiceMeans, ServicePlan } from './types.js';

interface Parts {
  plan: ServicePlan;
  /** Its run; undefined of one that runs already. */
  run?: RunPlan;
  container: Container;
  inspected: InspectedContainer;
  output: Output;
  ended: Promise<number>;
  waiting: AbortController;
}

export interface StartMeans extends Pick<Waited, 'group' | 'signal' | 'removals'> {
  /** Is called when it runs. */
  onStart: () => void;
}

/** A service whose container is there. Either `stop` or `release` has to be called. */
export class Service {
  readonly plan: ServicePlan;
  readonly output: Output;
  /** Its exit status. */
  readonly ended: Promise<number>;
  readonly #parts: Parts;
  readonly #means: ServiceMeans;

  private constructor(parts: Parts, means: ServiceMeans) {
    this.plan = parts.plan;
    this.output = parts.output;
    this.ended = parts.ended;
    this.#parts = parts;
    this.#means = means;
  }

  /** Creates its container, and connects it so that nothing is missed of what it writes. */
  static async create(plan: ServicePlan, run: RunPlan, means: ServiceMeans): Promise<Service> {
    const container = await createContainer(run, means);
    const waiting = new AbortController();
    try {
      const inspected = await inspectContainer(means.engine, container.id);
      const { status } = await container.watchExit('next-exit', waiting.signal);
      const stream = await container.attach({ stdin: false, stdout: true, stderr: true });
      const output = new Output(stream, !run.request.body.Tty);
      return new Service({ plan, run, container, inspected, output, ended: status, waiting }, means);
    } catch (error) {
      waiting.abort();
      await container.remove();
      throw explainRefusal(error, run);
    }
  }

  /** Takes over one that runs, with its output from the beginning. */
  static async adopt(
    plan: ServicePlan,
    inspected: InspectedContainer,
    means: ServiceMeans,
  ): Promise<Service> {
    const container = new Container(means.engine, inspected.Id);
    const waiting = new AbortController();
    const { status } = await container.watchExit('next-exit', waiting.signal);
    const stream = whenItComes(container.logs(waiting.signal));
    const output = new Output(stream, !inspected.Config.Tty);
    return new Service({ plan, container, inspected, output, ended: status, waiting }, means);
  }

  get containerId(): string {
    return this.#parts.inspected.Id;
  }

  /** What others have to know of it. */
  get reachable(): Reachable {
    const { plan, inspected } = this.#parts;
    return { name: plan.name, ready: plan.ready, ports: Object.keys(inspected.Config.ExposedPorts ?? {}) };
  }

  /**
   * Starts it where it does not run yet, and waits until it is ready.
   *
   * @returns what made it ready, as run.cfg has it
   */
  async start({ onStart, ...given }: StartMeans): Promise<string> {
    const { signal } = given;
    const { plan, run, container, inspected, output, ended } = this.#parts;
    const waited = { service: plan, containerId: container.id, inspected, output, ended };
    return await startAndWait({ ...given, ...waited, engine: this.#means.engine }, async () => {
      signal.throwIfAborted();
      output.begin();
      if (run)
        await container.start().catch((error: unknown) => {
          throw explainRefusal(error, run);
        });
      onStart();
    });
  }

  /** Ends it, as softly as its section says, and removes it with what it has written on anonymous volumes. */
  async stop(): Promise<void> {
    const { container } = this.#parts;
    try {
      // What keeps it from ending softly is told by the removal, which ends it all the same, where that fails, too.
      await container.stop(this.plan.stopTimeout).catch(() => undefined);
      await container.remove();
    } finally {
      this.release();
    }
  }

  /** Lets go of it; it runs on. */
  release(): void {
    this.#parts.waiting.abort();
    this.output.close();
  }
}
