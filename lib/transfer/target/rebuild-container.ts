import { reasonOf } from '../../engine/client/errors.js';
import type { Engine } from '../../engine/types.js';
import { DeltaFailed } from '../base/failures.js';
import { isConnectionLost } from '../base/transfer-error.js';
import { Operations } from '../packing/operations.js';
import { HELPER_BINARIES } from './helper/binaries.js';
import { HostProgram } from './host-program.js';
import { isGood, request } from './raw-http.js';

/** Whether layers can be rebuilt on an engine of this architecture. */
export function canRebuild(os: string, architecture: string): boolean {
  return os === 'linux' && architecture in HELPER_BINARIES;
}

/**
 * A container of an image that the target has, in which nothing of that image runs, but a program of ours that has the
 * image's files before it and the engine's socket: what is rebuilt of the files goes to the engine without crossing the
 * wire.
 */
export class RebuildContainer {
  readonly #answers: string[] = [];
  #program!: HostProgram;
  #said = '';
  #wake: () => void = () => undefined;

  private constructor() {}

  /**
   * @param image ID of the image whose files are wanted
   * @param id of the transfer
   * @throws {DeltaFailed} where that engine does not allow it, and what the connection fails with
   */
  static async start(
    engine: Engine,
    image: string,
    id: string,
    signal: AbortSignal,
  ): Promise<RebuildContainer> {
    const container = new RebuildContainer();
    const hearer = { heard: (bytes: Buffer) => container.#take(bytes), ended: () => container.#wake() };
    try {
      const { arch } = await engine.facts();
      const binary = HELPER_BINARIES[arch];
      if (binary === undefined) throw new DeltaFailed(`there is no program that rebuilds layers on ${arch}`);
      // To read files that only their owner may read.
      const host = { NetworkMode: 'none', CapAdd: ['DAC_OVERRIDE'] };
      const spec = { image, binary, words: ['/'], id, host };
      container.#program = await HostProgram.start(engine, spec, hearer, signal);
    } catch (error) {
      throw failed(error);
    }
    try {
      await container.#checkEngine();
      return container;
    } catch (error) {
      await container.close().catch(() => undefined);
      throw failed(error);
    }
  }

  /**
   * Has operations carried out, in the order of the calls.
   *
   * @param packed a part of the one deflate stream that all of them make up
   * @throws {DeltaFailed}, and what the connection fails with
   */
  async write(packed: Buffer): Promise<void> {
    if (this.#program.ended) throw await this.#whyEnded();
    if (this.#program.write(packed)) return;
    await this.#program.room();
    if (this.#program.ended) throw await this.#whyEnded();
  }

  /** The next answer of the engine that an operation has asked for. */
  async answer(): Promise<string> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#program.ended) throw await this.#whyEnded();
      await this.#program.awaited(new Promise<void>((resolve) => (this.#wake = resolve)));
    }
  }

  async close(): Promise<void> {
    await this.#program.close();
  }

  /** Another engine may listen at that socket: this one knows the container. */
  async #checkEngine(): Promise<void> {
    const operations = new Operations();
    operations.open();
    operations.literal(request('GET', `/containers/${this.#program.containerId}/json`));
    operations.answer();
    await this.write(await operations.take());
    const answer = await this.answer();
    if (!isGood(answer)) throw new DeltaFailed('another engine listens at its socket');
  }

  #take(bytes: Buffer): void {
    const answers = (this.#said + bytes.toString()).split('\0');
    this.#said = answers.pop() ?? '';
    this.#answers.push(...answers);
    this.#wake();
  }

  #whyEnded(): Promise<Error> {
    return this.#program.whyEnded((complaint) => {
      const reason = complaint || 'it was ended there';
      return new DeltaFailed(`the program that rebuilds layers there failed: ${reason}`);
    });
  }
}

function failed(error: unknown): unknown {
  if (error instanceof DeltaFailed || isConnectionLost(error)) return error;
  return new DeltaFailed(reasonOf(error), { cause: error });
}
