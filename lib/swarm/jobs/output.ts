import type { OutputPiece } from '../../engine/containers/output-frames.js';
import type { Engine } from '../../engine/types.js';
import { taskPieces } from '../task-lines.js';

/** Gets what a try of an index writes, as it writes it. */
export interface TrySink {
  take: (piece: OutputPiece) => Promise<void>;
  /** There is nothing more to come. */
  end: () => Promise<void>;
}

/** Milliseconds that a node has to tell what a task has written. */
const PATIENCE = 20_000;

/**
 * What a task writes, live. A followed log does not end with its task, and may lack the last of it: when it has ended, all
 * of it is asked for once more, and what was not heard before is passed on.
 */
export class TryOutput {
  readonly #engine: Engine;
  readonly #framed: boolean;
  readonly #sink: TrySink;
  /** Bytes. */
  readonly #heard = { stdout: 0, stderr: 0 };
  readonly #following = new AbortController();
  #followed?: Promise<void>;

  constructor(engine: Engine, { framed }: { framed: boolean }, sink: TrySink) {
    this.#engine = engine;
    this.#framed = framed;
    this.#sink = sink;
  }

  /** Begins to pass on what a task writes. */
  follow(task: string): void {
    this.#followed ??= this.#pass(task, { follow: true, signal: this.#following.signal });
    // Told by `finish`.
    this.#followed.catch(() => undefined);
  }

  /** Passes on what is left of what a task has written. */
  async finish(task: string, signal: AbortSignal): Promise<void> {
    this.#following.abort();
    await this.#followed;
    await this.#pass(task, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) });
  }

  async close(): Promise<void> {
    this.#following.abort();
    await this.#followed?.catch(() => undefined);
    await this.#sink.end();
  }

  async #pass(task: string, options: { follow?: boolean; signal: AbortSignal }): Promise<void> {
    const known = { ...this.#heard };
    for await (const { stream, bytes } of taskPieces(this.#engine, task, {
      ...options,
      framed: this.#framed,
    })) {
      const rest = bytes.subarray(known[stream]);
      known[stream] -= bytes.length - rest.length;
      if (rest.length === 0) continue;
      this.#heard[stream] += rest.length;
      await this.#sink.take({ stream, bytes: rest });
    }
  }
}
