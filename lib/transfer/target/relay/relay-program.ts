import type { Duplex } from 'node:stream';
import { anything } from '../../../engine/client/shape.js';
import type { SilenceWatch } from '../../../engine/client/silence-watch.js';
import { engineSocket } from '../../../engine/connect/engine-socket.js';
import type { Container } from '../../../engine/containers/container.js';
import { outputFrames, type OutputPiece } from '../../../engine/containers/output-frames.js';
import { createProgramContainer } from '../../../engine/containers/program-container.js';
import { removeContainer } from '../../../engine/containers/remove.js';
import type { Engine } from '../../../engine/types.js';
import { drained } from '../../../system/drained.js';
import { errorOf } from '../../../text/thrown.js';
import { RelayFailed } from '../../base/failures.js';
import { TEMPORARY_LABEL } from '../../base/temporary-names.js';
import { RELAY_BINARIES } from './binaries.js';
import { type Frame, frameHead, FrameReader } from './frames.js';

/** Whether the program runs on an engine of this architecture. */
export function canRelay(os: string, architecture: string): boolean {
  return os === 'linux' && architecture in RELAY_BINARIES;
}

export interface Listener {
  frame(frame: Frame): void;
  /** It has ended, or is not reached any more; nothing comes after it. */
  ended(): void;
}

/** Where a program is started, and what holds it. */
export interface RelayPlace {
  engine: Engine;
  /** An image that the engine has; nothing of it runs. */
  image: string;
  /** Of the transfer. */
  id: string;
  signal: AbortSignal;
}

const NOTHING = Buffer.alloc(0);

/** The program `relay.c`, running in a container of its own on an engine's host. */
export class RelayProgram {
  readonly #engine: Engine;
  readonly #containerId: string;
  readonly #stream: Duplex;
  readonly #watch: SilenceWatch;
  readonly #reader = new FrameReader();
  readonly #listener: Listener;
  #complaint = '';
  #ended = false;
  #failure?: Error;

  private constructor(engine: Engine, containerId: string, stream: Duplex, listener: Listener) {
    this.#engine = engine;
    this.#containerId = containerId;
    this.#stream = stream;
    this.#listener = listener;
    this.#watch = engine.client.watch(`POST /containers/${containerId}/attach`);
    this.#watch.signal.addEventListener('abort', () => stream.destroy(errorOf(this.#watch.signal.reason)));
    stream.on('error', (error) => this.#end(error));
    stream.on('close', () => this.#end());
    stream.on('end', () => this.#end());
    void this.#read();
  }

  /** Rejects with what the engine or the connection to it says. */
  static async start(place: RelayPlace, listener: Listener): Promise<RelayProgram> {
    const { engine, signal } = place;
    const container = await create(place);
    try {
      const stream = await container.attach({ stdin: true, stdout: true, stderr: true });
      const program = new RelayProgram(engine, container.id, stream, listener);
      const stop = () => stream.destroy(errorOf(signal.reason));
      signal.addEventListener('abort', stop);
      stream.once('close', () => signal.removeEventListener('abort', stop));
      await container.start();
      return program;
    } catch (error) {
      await removeContainer(engine, container.id).catch(() => undefined);
      throw error;
    }
  }

  get containerId(): string {
    return this.#containerId;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Frames go in the order of the calls; nothing waits here. @returns bytes that go over the wire */
  send(type: string, first: number, second = 0, bytes: Buffer = NOTHING): number {
    if (this.#ended) return 0;
    const head = frameHead(type, first, second, bytes.length);
    this.#stream.cork();
    this.#stream.write(head);
    if (bytes.length > 0) this.#stream.write(bytes);
    this.#stream.uncork();
    return head.length + bytes.length;
  }

  /** Settles when the wire takes more. */
  async room(): Promise<void> {
    if (!this.#ended && this.#stream.writableNeedDrain) await drained(this.#stream);
  }

  /** Why it has ended: what the connection failed with, or what it said itself. */
  async whyEnded(): Promise<Error> {
    if (this.#failure) return this.#failure;
    await this.#engine.client.json('GET', '/version', anything);
    return new RelayFailed(this.#complaint.trim() || 'the program that takes blocks there was ended');
  }

  async close(): Promise<void> {
    this.#watch.end();
    this.#stream.destroy();
    await removeContainer(this.#engine, this.#containerId);
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
    else for (const frame of this.#reader.push(bytes)) this.#listener.frame(frame);
  }

  #end(error?: Error): void {
    this.#failure ??= error;
    if (this.#ended) return;
    this.#ended = true;
    this.#watch.end();
    this.#listener.ended();
  }
}

async function create({ engine, image, id, signal }: RelayPlace): Promise<Container> {
  const { arch } = await engine.facts();
  const binary = RELAY_BINARIES[arch];
  const source = await engineSocket(engine);
  if (binary === undefined || source === undefined)
    throw new RelayFailed('no socket of the engine is known there');
  const place = (path: string) => {
    const socket = `${path}.sock`;
    return {
      ...{ image, binary, arguments: [socket], user: '0:0', labels: { [TEMPORARY_LABEL]: id } },
      attached: true,
      host: {
        // What listens or dials there does so at the host's own addresses, and past no proxy.
        NetworkMode: 'host',
        Mounts: [{ Type: 'bind', Source: source, Target: socket, ReadOnly: true }],
        UsernsMode: 'host',
      },
    };
  };
  return createProgramContainer(engine, place, { signal });
}
