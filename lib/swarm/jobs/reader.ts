import { taskOutput } from '../../engine/swarm/tasks.js';
import type { Engine } from '../../engine/types.js';
import { linesOf, type TaskLine, unlessCut } from '../task-lines.js';

/** Milliseconds that a node has to tell what a task has written. */
const PATIENCE = 20_000;

/**
 * What a task writes, live. A followed log does not end with its task, and may lack the last lines: when it has ended, all
 * of it is asked for once more, and what was not heard before is told.
 */
export class TaskReader {
  readonly #engine: Engine;
  readonly #task: string;
  readonly #framed: boolean;
  readonly #tell: (line: TaskLine) => void;
  readonly #heard = { stdout: 0, stderr: 0 };
  readonly #following = new AbortController();
  readonly #followed: Promise<void>;

  constructor(engine: Engine, task: string, framed: boolean, tell: (line: TaskLine) => void) {
    this.#engine = engine;
    this.#task = task;
    this.#framed = framed;
    this.#tell = tell;
    this.#followed = this.#follow();
    this.#followed.catch(() => undefined);
  }

  /** Tells what has not been told yet. @returns all lines, as far as the node tells them */
  async finish(signal: AbortSignal): Promise<TaskLine[]> {
    this.close();
    await this.#followed.catch(() => undefined);
    const lines: TaskLine[] = [];
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const left = { ...this.#heard };
    await unlessCut(limit, async () => {
      const output = await taskOutput(this.#engine, this.#task, { signal: limit });
      for await (const line of linesOf(output, this.#framed, limit)) {
        lines.push(line);
        if (left[line.stream]-- <= 0) this.#tell(line);
      }
    });
    return lines;
  }

  close(): void {
    this.#following.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#following;
    await unlessCut(signal, async () => {
      const output = await taskOutput(this.#engine, this.#task, { follow: true, signal });
      for await (const line of linesOf(output, this.#framed, signal)) {
        if (signal.aborted) return;
        this.#heard[line.stream]++;
        this.#tell(line);
      }
    });
  }
}
