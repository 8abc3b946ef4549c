import type { Engine } from '../../../engine/types.js';
import { RelayFailed } from '../../base/failures.js';
import { HostProgram } from '../host-program.js';
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
  readonly #program: HostProgram;

  private constructor(program: HostProgram) {
    this.#program = program;
  }

  /** Rejects with what the engine or the connection to it says. */
  static async start({ engine, image, id, signal }: RelayPlace, listener: Listener): Promise<RelayProgram> {
    const { arch } = await engine.facts();
    const binary = RELAY_BINARIES[arch];
    if (binary === undefined) throw new RelayFailed(`there is no program for ${arch}`);
    const reader = new FrameReader();
    const hearer = {
      heard: (bytes: Buffer) => reader.push(bytes).forEach((frame) => listener.frame(frame)),
      ended: () => listener.ended(),
    };
    // What listens or dials there does so at the host's own addresses, and past no proxy.
    const spec = { image, binary, id, host: { NetworkMode: 'host' } };
    return new RelayProgram(await HostProgram.start(engine, spec, hearer, signal));
  }

  get containerId(): string {
    return this.#program.containerId;
  }

  get ended(): boolean {
    return this.#program.ended;
  }

  /** Frames go in the order of the calls; nothing waits here. @returns bytes that go over the wire */
  send(type: string, first: number, second = 0, bytes: Buffer = NOTHING): number {
    if (this.ended) return 0;
    const head = frameHead(type, first, second, bytes.length);
    this.#program.write(head, bytes);
    return head.length + bytes.length;
  }

  /** Waits for what it does for its engine; the user is told of long silence. */
  awaited<T>(work: Promise<T>): Promise<T> {
    return this.#program.awaited(work);
  }

  /** Settles when the wire takes more. */
  room(): Promise<void> {
    return this.#program.room();
  }

  /** Why it has ended: what the connection failed with, or what it said itself. */
  whyEnded(): Promise<Error> {
    return this.#program.whyEnded(
      (complaint) => new RelayFailed(complaint || 'the program that takes blocks there was ended'),
    );
  }

  close(): Promise<void> {
    return this.#program.close();
  }
}
