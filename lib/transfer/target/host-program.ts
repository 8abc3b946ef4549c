import type { Duplex } from 'node:stream';
import { anything } from '../../engine/client/shape.js';
import type { SilenceWatch } from '../../engine/client/silence-watch.js';
import { waitedFor } from '../../engine/client/waited-for.js';
import { engineSocket } from '../../engine/connect/engine-socket.js';
import type { Container } from '../../engine/containers/container.js';
import { outputFrames, type OutputPiece } from '../../engine/containers/output-frames.js';
import { createProgramContainer, type ProgramContainer } from '../../engine/containers/program-container.js';
import { removeContainer } from '../../engine/containers/remove.js';
import type { Engine } from '../../engine/types.js';
import { drained } from '../../system/drained.js';
import { errorOf } from '../../text/thrown.js';
import { TEMPORARY_LABEL } from '../base/temporary-names.js';

/** A program that runs beside an engine; the last of its words is the path of the engine's socket. */
export interface HostProgramSpec extends Pick<ProgramContainer, 'image' | 'binary' | 'host'> {
  words?: readonly string[];
  /** Of the transfer. */
  id: string;
}

export interface Hearer {
  /** Gets what it writes to its output, in pieces. */
  heard: (bytes: Buffer) => void;
  /** It has ended, or is not reached any more; nothing comes after it. */
  ended: () => void;
}

/**
 * A program of ours in a container on an engine's host, which speaks to the engine at its socket. Its input and output are
 * those of an attached container, so any connection to the engine will do.
 */
export class HostProgram {
  readonly containerId: string;
  readonly #engine: Engine;
  readonly #stream: Duplex;
  readonly #watch: SilenceWatch;
  readonly #hearer: Hearer;
  #complaint = '';
  #ended = false;
  #failure?: Error;

  private constructor(engine: Engine, containerId: string, stream: Duplex, hearer: Hearer) {
    this.#engine = engine;
    this.containerId = containerId;
    this.#stream = stream;
    this.#hearer = hearer;
    this.#watch = engine.client.watch(`POST /containers/${containerId}/attach`);
    this.#watch.signal.addEventListener('abort', () => stream.destroy(errorOf(this.#watch.signal.reason)));
    stream.on('error', (error) => this.#end(error));
    stream.on('close', () => this.#end());
    stream.on('end', () => this.#end());
    void this.#read();
  }

  /** Rejects with what the engine or the connection to it says; nothing is left then. */
  static async start(
    engine: Engine,
    spec: HostProgramSpec,
    hearer: Hearer,
    signal: AbortSignal,
  ): Promise<HostProgram> {
    // To its end, since one that an engine makes for nobody would be left.
    const container = await create(engine, spec);
    try {
      signal.throwIfAborted();
      const stream = await container.attach({ stdin: true, stdout: true, stderr: true });
      const program = new HostProgram(engine, container.id, stream, hearer);
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

  get ended(): boolean {
    return this.#ended;
  }

  /** Waits for what it does for the engine; the user is told of long silence. */
  async awaited<T>(work: Promise<T>): Promise<T> {
    const waiting = this.#engine.client.waiting(waitedFor('POST /images/load'));
    try {
      return await work;
    } finally {
      waiting.end();
    }
  }

  /** Gives it input, in the order of the calls; nothing waits here. @returns whether the wire takes more */
  write(...pieces: readonly Buffer[]): boolean {
    this.#stream.cork();
    for (const piece of pieces) if (piece.length > 0) this.#stream.write(piece);
    this.#stream.uncork();
    return !this.#stream.writableNeedDrain;
  }

  /** Settles when the wire takes more. */
  async room(): Promise<void> {
    if (!this.#ended && this.#stream.writableNeedDrain) await this.awaited(drained(this.#stream));
  }

  /**
   * Why it has ended: what the connection failed with, or what it said itself. An engine ends the stream in good order when the
   * container has ended, a connection that breaks does not.
   *
   * @param explain what it said, which may be nothing
   */
  async whyEnded(explain: (complaint: string) => Error): Promise<Error> {
    if (this.#failure) return this.#failure;
    await this.#engine.client.json('GET', '/version', anything);
    return explain(this.#complaint.trim());
  }

  async close(): Promise<void> {
    this.#watch.end();
    this.#stream.destroy();
    await removeContainer(this.#engine, this.containerId);
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
    else this.#hearer.heard(bytes);
  }

  #end(error?: Error): void {
    this.#failure ??= error;
    if (this.#ended) return;
    this.#ended = true;
    this.#watch.end();
    this.#hearer.ended();
  }
}

async function create(
  engine: Engine,
  { id, words = [], host, ...program }: HostProgramSpec,
): Promise<Container> {
  const source = await engineSocket(engine);
  if (source === undefined) throw new Error('no socket of the engine is known there');
  const place = (path: string): ProgramContainer => {
    const socket = `${path}.sock`;
    return {
      ...program,
      arguments: [...words, socket],
      user: '0:0',
      labels: { [TEMPORARY_LABEL]: id },
      attached: true,
      host: {
        Mounts: [{ Type: 'bind', Source: source, Target: socket, ReadOnly: true }],
        UsernsMode: 'host',
        ...host,
      },
    };
  };
  return createProgramContainer(engine, place);
}
