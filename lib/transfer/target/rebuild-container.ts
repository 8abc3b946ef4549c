import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { reasonOf } from '../../engine/client/errors.js';
import { anything } from '../../engine/client/shape.js';
import type { SilenceWatch } from '../../engine/client/silence-watch.js';
import { engineSocket } from '../../engine/connect/engine-socket.js';
import { Container } from '../../engine/containers/container.js';
import { createContainer } from '../../engine/containers/create.js';
import { removeContainer } from '../../engine/containers/remove.js';
import type { Engine } from '../../engine/types.js';
import { TAR_END, tarFile } from '../../oci/tar-writer.js';
import { drained } from '../../system/drained.js';
import { bytesOf } from '../../text/bytes.js';
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
    let containerId: string | undefined;
    try {
      containerId = await create(engine, image, id);
      const attached = new Container(engine, containerId);
      const stream = await attached.attach(ALL_STREAMS);
      const container = new RebuildContainer(engine, containerId, stream);
      const stop = () => stream.destroy(errorOf(signal.reason));
      signal.addEventListener('abort', stop);
      stream.once('close', () => signal.removeEventListener('abort', stop));
      await attached.start();
      await container.#checkEngine();
      return container;
    } catch (error) {
      if (containerId !== undefined) await removeContainer(engine, containerId).catch(() => undefined);
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

  /** Takes the container's output out of the frames in which an engine sends it (`[stream, 0, 0, 0, length]`). */
  async #read(): Promise<void> {
    let rest = Buffer.alloc(0);
    try {
      for await (const chunk of this.#watch.over<unknown>(this.#stream)) {
        rest = Buffer.concat([rest, bytesOf(chunk)]);
        while (rest.length >= 8 && rest.length >= 8 + rest.readUInt32BE(4)) {
          const end = 8 + rest.readUInt32BE(4);
          this.#take(rest.readUInt8(0), rest.toString('utf8', 8, end));
          rest = rest.subarray(end);
        }
      }
    } catch {
      // Nothing to do: the stream emits the error, too.
    }
  }

  #take(stream: number, text: string): void {
    if (stream === 2) this.#complaint += text;
    if (stream !== 1) return;
    const answers = (this.#said + text).split('\0');
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

async function create(engine: Engine, image: string, id: string): Promise<string> {
  const { arch } = await engine.facts();
  const binary = HELPER_BINARIES[arch];
  if (binary === undefined) throw new DeltaFailed(`there is no program that rebuilds layers on ${arch}`);
  const helper = Buffer.from(binary, 'base64');
  const name = `.gulp-dockerutils-${randomBytes(8).toString('hex')}`;
  const socket = `/${name}.sock`;
  const source = await engineSocket(engine);
  if (source === undefined) throw new DeltaFailed('no socket of the engine is known there');
  const container = await createContainer(engine, {
    Image: image,
    Entrypoint: [`/${name}`],
    Cmd: ['/', socket],
    User: '0:0',
    WorkingDir: '/',
    Labels: { [TEMPORARY_LABEL]: id },
    Healthcheck: { Test: ['NONE'] },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      AutoRemove: true,
      NetworkMode: 'none',
      // No log: the default driver would write all rebuilt bytes to the target's disk.
      LogConfig: { Type: 'none', Config: {} },
      Mounts: [{ Type: 'bind', Source: source, Target: socket, ReadOnly: true }],
      CapDrop: ['ALL'],
      // To read files that only their owner may read.
      CapAdd: ['DAC_OVERRIDE'],
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      UsernsMode: 'host',
    },
  });
  const archive = Buffer.concat([tarFile(name, helper, 0o755), TAR_END]);
  try {
    await new Container(engine, container.id).put('/', archive);
  } catch (error) {
    await removeContainer(engine, container.id).catch(() => undefined);
    throw error;
  }
  return container.id;
}

const ALL_STREAMS = { stdin: true, stdout: true, stderr: true };
