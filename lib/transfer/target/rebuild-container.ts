import type { Duplex } from 'node:stream';
import { reasonOf } from '../../engine/client/errors.js';
import { anything } from '../../engine/client/shape.js';
import type { SilenceWatch } from '../../engine/client/silence-watch.js';
import { engineSocket } from '../../engine/connect/engine-socket.js';
import type { Container } from '../../engine/containers/container.js';
import { outputFrames, type OutputPiece } from '../../engine/containers/output-frames.js';
import { createProgramContainer } from '../../engine/containers/program-container.js';
import { removeContainer } from '../../engine/containers/remove.js';
import type { Engine } from '../../engine/types.js';
import { drained } from '../../system/drained.js';
import { errorOf } from '../../text/thrown.js';
import { DeltaFailed } from '../base/failures.js';
import { TEMPORARY_LABEL } from '../base/temporary-names.js';
import { isConnectionLost } from '../base/transfer-error.js';
import { Operations } from '../packing/operations.js';
import { HELPER_BINARIES } from './helper/binaries.js';

/** Whether layers can be rebuilt on an engine of this architecture. */
export function canRebuild(os: string, architecture: string): boolean {
  return os === 'linux' && architecture in HELPER_BINARIES;
}

/**
 * A container of an image that the target has, in which nothing of that image runs, but a program of ours that has the
 * image's files before it and the engine's socket: what is rebuilt of the files goes to the engine without crossing the
 * wire. Input and output are those of an attached container, so any connection to the engine will do.
 */
export class RebuildContainer {
  readonly #engine: Engine;
  readonly #containerId: string;
  readonly #stream: Duplex;
  readonly #answers: string[] = [];
  readonly #watch: SilenceWatch;
  #said = '';
  #complaint = '';
  #ended = false;
  #failure?: Error;
  #wake: () => void = () => undefined;

  private constructor(engine: Engine, containerId: string, stream: Duplex) {
    this.#engine = engine;
    this.#containerId = containerId;
    this.#stream = stream;
    this.#watch = engine.client.watch(`POST /containers/${containerId}/attach`);
    this.#watch.signal.addEventListener('abort', () => stream.destroy(errorOf(this.#watch.signal.reason)));
    stream.on('error', (error) => this.#end(error));
    stream.on('close', () => this.#end());
    stream.on('end', () => this.#end());
    void this.#read();
  }

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
    let created: Container | undefined;
    try {
      created = await create(engine, image, id);
      const stream = await created.attach(ALL_STREAMS);
      const container = new RebuildContainer(engine, created.id, stream);
      const stop = () => stream.destroy(errorOf(signal.reason));
      signal.addEventListener('abort', stop);
      stream.once('close', () => signal.removeEventListener('abort', stop));
      await created.start();
      await container.#checkEngine();
      return container;
    } catch (error) {
      if (created) await removeContainer(engine, created.id).catch(() => undefined);
      if (error instanceof DeltaFailed || isConnectionLost(error)) throw error;
      throw new DeltaFailed(reasonOf(error), { cause: error });
    }
  }

  /**
   * Has operations carried out, in the order of the calls.
   *
   * @param packed a part of the one deflate stream that all of them make up
   * @throws {DeltaFailed}, and what the connection fails with
   */
  async write(packed: Buffer): Promise<void> {
    if (this.#ended) throw await this.#whyEnded();
    if (packed.length === 0 || this.#stream.write(packed)) return;
    await drained(this.#stream);
    if (this.#ended) throw await this.#whyEnded();
  }

  /** The next answer of the engine that an operation has asked for. */
  async answer(): Promise<string> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#ended) throw await this.#whyEnded();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async close(): Promise<void> {
    this.#watch.end();
    this.#stream.destroy();
    await removeContainer(this.#engine, this.#containerId);
  }

  /** Another engine may listen at that socket: this one knows the container. */
  async #checkEngine(): Promise<void> {
    const operations = new Operations();
    operations.open();
    operations.literal(request('GET', `/containers/${this.#containerId}/json`));
    operations.answer();
    await this.write(await operations.take());
    const answer = await this.answer();
    if (!/^HTTP\/1\.[01] 200 /.test(answer)) throw new DeltaFailed('another engine listens at its socket');
  }

  async #read(): Promise<void> {
    try {
      for await (const piece of outputFrames(this.#watch.over(this.#stream))) this.#take(piece);
    } catch {
      // Nothing to do: the stream emits the error, too.
    }
  }

  #take({ stream, bytes }: OutputPiece): void {
    if (stream === 'stderr') this.#complaint += bytes.toString();
    if (stream !== 'stdout') return;
    const answers = (this.#said + bytes.toString()).split('\0');
    this.#said = answers.pop() ?? '';
    this.#answers.push(...answers);
    this.#wake();
  }

  #end(error?: Error): void {
    this.#ended = true;
    this.#failure ??= error;
    this.#watch.end();
    this.#wake();
  }

  /** An engine ends the stream in good order when the container has ended, a connection that breaks does not. */
  async #whyEnded(): Promise<Error> {
    if (this.#failure) return this.#failure;
    await this.#engine.client.json('GET', '/version', anything);
    const reason = this.#complaint.trim() || 'it was ended there';
    return new DeltaFailed(`the program that rebuilds layers there failed: ${reason}`);
  }
}

/** Head of an HTTP request to the engine, after whose answer the engine hangs up. */
export function request(method: string, path: string, headers: readonly string[] = []): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: docker', 'Connection: close', ...headers];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

async function create(engine: Engine, image: string, id: string): Promise<Container> {
  const { arch } = await engine.facts();
  const binary = HELPER_BINARIES[arch];
  if (binary === undefined) throw new DeltaFailed(`there is no program that rebuilds layers on ${arch}`);
  const source = await engineSocket(engine);
  if (source === undefined) throw new DeltaFailed('no socket of the engine is known there');
  return createProgramContainer(engine, (path) => {
    const socket = `${path}.sock`;
    return {
      image,
      binary,
      arguments: ['/', socket],
      user: '0:0',
      labels: { [TEMPORARY_LABEL]: id },
      attached: true,
      host: {
        NetworkMode: 'none',
        Mounts: [{ Type: 'bind', Source: source, Target: socket, ReadOnly: true }],
        // To read files that only their owner may read.
        CapAdd: ['DAC_OVERRIDE'],
        UsernsMode: 'host',
      },
    };
  });
}

const ALL_STREAMS = { stdin: true, stdout: true, stderr: true };
