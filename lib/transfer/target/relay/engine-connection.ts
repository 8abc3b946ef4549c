import { RelayFailed } from '../../base/failures.js';
import { isGood, statusLine } from '../raw-http.js';
import type { RelayProgram } from './relay-program.js';

/** What is given to a connection and not written to the engine yet. */
interface Item {
  /** The block that was named instead of being given, with its bytes. */
  block?: { number: number; bytes: Buffer };
}

/** Items that a program is given at once: 8 MB of blocks, mostly, are on their way, however far it is. */
const WINDOW = 16;

/** Bytes that a program takes in one piece. */
export const LARGEST_BLOCK = 1 << 20;

/** A connection that a relay program has to its engine, for one request. */
export class EngineConnection {
  readonly #program: RelayProgram;
  readonly #number: number;
  readonly #outstanding: Item[] = [];
  #answer = '';
  #hungUp = false;
  #wakes: (() => void)[] = [];

  constructor(program: RelayProgram, number: number) {
    this.#program = program;
    this.#number = number;
    this.sent += program.send('O', number);
  }

  /** Bytes that went over the wire for it. */
  sent = 0;

  /** Whether the engine takes nothing any more: see its answer. */
  get hungUp(): boolean {
    return this.#hungUp;
  }

  /** Blocks that were named, and have not been written. */
  get awaited(): readonly { number: number; bytes: Buffer }[] {
    return this.#outstanding.flatMap(({ block }) => block ?? []);
  }

  /** Settles when it takes one more item; rejects with what the program has ended with. */
  async room(): Promise<void> {
    await this.#until(() => this.#outstanding.length < WINDOW);
    await this.#program.room();
  }

  /** Waits for room. */
  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += LARGEST_BLOCK) {
      await this.room();
      if (this.#hungUp) return;
      this.#outstanding.push({});
      this.sent += this.#program.send('W', this.#number, 0, bytes.subarray(at, at + LARGEST_BLOCK));
    }
  }

  /** Has a block written, as a chunk, that comes by another way; without waiting for room. */
  take(number: number, bytes: Buffer): void {
    if (this.#hungUp) return;
    this.#outstanding.push({ block: { number, bytes } });
    this.sent += this.#program.send('T', this.#number, number);
  }

  /** All that the engine answers, when it has hung up. */
  async answer(): Promise<string> {
    await this.#until(() => false);
    return this.#answer;
  }

  /** Settles when it is closed on both ends. */
  async close(): Promise<void> {
    if (this.#hungUp || this.#program.ended) return;
    this.#program.send('X', this.#number);
    await this.#until(() => false).catch(() => undefined);
  }

  /** Takes what the program says of it. */
  heard(type: string, bytes: Buffer): void {
    if (type === 'D') this.#outstanding.shift();
    if (type === 'R') this.#answer += bytes.toString();
    if (type === 'E') this.#hungUp = true;
    this.wake();
  }

  /** Looks again at whether the program runs. */
  wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  async #until(done: () => boolean): Promise<void> {
    while (!this.#hungUp && !done()) {
      if (this.#program.ended) throw await this.#program.whyEnded();
      await this.#program.awaited(new Promise<void>((resolve) => this.#wakes.push(resolve)));
    }
  }
}

/**
 * The body of an engine's answer.
 *
 * @throws {RelayFailed} unless it is a good one
 */
export function bodyIn(answer: string): string {
  if (!isGood(answer)) throw new RelayFailed(statusLine(answer) || 'the engine hung up without an answer');
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}
