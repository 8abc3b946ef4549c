import { loadFailureInBody } from '../../../engine/images/load.js';
import type { Engine } from '../../../engine/types.js';
import { RelayFailed } from '../../base/failures.js';
import { LAST_CHUNK, loadRequest, request } from '../raw-http.js';
import { bodyIn, EngineConnection, LARGEST_BLOCK } from './engine-connection.js';
import type { Frame } from './frames.js';
import { loadEmptyImage } from './relay-image.js';
import { type RelayPlace, RelayProgram } from './relay-program.js';

type Bytes = AsyncIterable<Buffer> | Iterable<Buffer>;

/** Why a host takes no more from another, whatever has happened there. */
export const SILENT = 'nothing comes from the other host any more';

/** Connections to its engine that a program can have at once. */
const CONNECTIONS = 4;

/** A piece of what all hosts of one form are given, who know it by the whole. */
export interface Block {
  of: Buffer;
  at: number;
  piece: Buffer;
}

/** Gives a host a block by way of another. */
export interface BlockSource {
  /** Settles when the host that gives it on takes one more. */
  room(): Promise<void>;
  /** @returns the number by which the host has it, or undefined where it has to be given by its own connection */
  share(block: Block, member: Member): number | undefined;
  /** Told that a host takes no more blocks by way of another, or gives none on. */
  left(member: Member): void;
}

/** One host of those that get an image from each other, and the program that takes it there. */
export class Member {
  readonly engine: Engine;
  /** Bytes that went to it by its own connection, and those that came from another host instead. */
  sent = 0;
  given = 0;
  /** When the blocks have come that it got by number; milliseconds. */
  readonly arrivals = new Map<number, number>();
  lastArrival = 0;
  /** Told why it gets from here on what it lacks by its own connection. */
  tell: (reason: string) => void = () => undefined;
  #program!: RelayProgram;
  #blocks?: BlockSource;
  readonly #connections = new Map<number, EngineConnection>();
  readonly #answers: Frame[] = [];
  #wake: () => void = () => undefined;

  private constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Rejects with what the engine or the connection to it says, or with RelayFailed. */
  static async start(place: Omit<RelayPlace, 'image'>): Promise<Member> {
    const { engine, id, signal } = place;
    const image = await loadEmptyImage(engine, id, signal);
    const member = new Member(engine);
    const listener = { frame: (frame: Frame) => member.#take(frame), ended: () => member.#end() };
    member.#program = await RelayProgram.start({ ...place, image }, listener);
    try {
      await member.#checkEngine();
      return member;
    } catch (error) {
      await member.close().catch(() => undefined);
      throw error;
    }
  }

  /** Whether it takes blocks by way of another host, or gives them on. */
  get shares(): boolean {
    return this.#blocks !== undefined && !this.#program.ended;
  }

  get ended(): boolean {
    return this.#program.ended;
  }

  /** Where it gets blocks from, from now on. */
  join(blocks: BlockSource): void {
    this.#blocks = blocks;
  }

  /** Sends a frame to the program; nothing waits here. */
  send(type: string, first: number, second?: number, bytes?: Buffer): void {
    this.sent += this.#program.send(type, first, second, bytes);
  }

  async room(): Promise<void> {
    await this.#program.room();
  }

  /** The next answer of the program that is of one of these types; rejects with what it has ended with. */
  async answer(...types: string[]): Promise<Frame> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer && types.includes(answer.type)) return answer;
      if (answer) continue;
      if (this.#program.ended) throw await this.#program.whyEnded();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /**
   * As the engine's `load`, through the program: what other hosts get too comes from them.
   *
   * @param portions all but the end of the archive
   * @param end the rest of it, asked for when the portions have come
   * @returns the error that the engine reports, if any
   * @throws {RelayFailed}, and what the portions or the connection fail with
   */
  async load(portions: Bytes, end: () => Promise<Buffer>): Promise<string | undefined> {
    const connection = this.#open();
    try {
      await connection.write(loadRequest({ quiet: false }));
      for await (const portion of portions) {
        if (connection.hungUp) break;
        await this.#chunk(connection, portion);
      }
      if (!connection.hungUp) await this.#plainChunk(connection, await end());
      await connection.write(LAST_CHUNK);
      return loadFailureInBody(bodyIn(await connection.answer()));
    } finally {
      await this.#close(connection);
    }
  }

  /** From here on it gets what it lacks by its own connection; so it does what has not come. */
  leave(reason: string): void {
    const blocks = this.#blocks;
    if (!blocks) return;
    this.#blocks = undefined;
    for (const connection of this.#connections.values())
      for (const { number, bytes } of connection.awaited)
        if (!this.arrivals.has(number)) this.send('I', number, 0, bytes);
    blocks.left(this);
    if (!this.#program.ended) this.tell(reason);
  }

  /** The block that it has waited for the longest; undefined where it waits for none. */
  get awaited(): number | undefined {
    for (const connection of this.#connections.values()) {
      const next = connection.awaited.find(({ number }) => !this.arrivals.has(number));
      if (next) return next.number;
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.#program.close();
  }

  /** In pieces, since a source that was waited for gives more at once. */
  async #chunk(connection: EngineConnection, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += LARGEST_BLOCK) {
      await Promise.all([connection.room(), this.#blocks?.room()]);
      const piece = bytes.subarray(at, at + LARGEST_BLOCK);
      const number = this.#blocks?.share({ of: bytes, at, piece }, this);
      if (number === undefined) await this.#plainChunk(connection, piece);
      else connection.take(number, piece);
    }
  }

  async #plainChunk(connection: EngineConnection, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    const head = Buffer.from(`${bytes.length.toString(16)}\r\n`);
    await connection.write(Buffer.concat([head, bytes, Buffer.from('\r\n')]));
  }

  /** Another engine may listen at that socket: this one knows the container. */
  async #checkEngine(): Promise<void> {
    const connection = this.#open();
    try {
      await connection.write(request('GET', `/containers/${this.#program.containerId}/json`));
      bodyIn(await connection.answer());
    } finally {
      await this.#close(connection);
    }
  }

  #open(): EngineConnection {
    for (let number = 0; number < CONNECTIONS; number++) {
      if (this.#connections.has(number)) continue;
      const connection = new EngineConnection(this.#program, number);
      this.#connections.set(number, connection);
      return connection;
    }
    throw new RelayFailed('too many loads at once');
  }

  async #close(connection: EngineConnection): Promise<void> {
    await connection.close();
    for (const [number, one] of this.#connections) if (one === connection) this.#connections.delete(number);
    this.sent += connection.sent;
    connection.sent = 0;
  }

  #take(frame: Frame): void {
    const { type, first, bytes } = frame;
    switch (type) {
      case 'D':
      case 'R':
      case 'E':
        return this.#connections.get(first)?.heard(type, bytes);
      case 'V':
        this.lastArrival = performance.now();
        this.arrivals.set(first, this.lastArrival);
        return;
      case 'N':
        if (this.#blocks) return this.leave(SILENT);
    }
    this.#answers.push(frame);
    this.#wake();
  }

  #end(): void {
    const blocks = this.#blocks;
    this.#blocks = undefined;
    blocks?.left(this);
    for (const connection of this.#connections.values()) connection.wake();
    this.#wake();
  }
}
