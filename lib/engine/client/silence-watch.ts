import type { Waiting } from './waiting.js';

/** Milliseconds without a sign of life after which the engine has to answer a ping, and that it has for the answer. */
const SILENCE = 15_000;

/** How a {@link SilenceWatch} asks, and what it says. */
export interface Signs {
  ping: (signal: AbortSignal) => Promise<void>;
  /** What its signal aborts with. */
  lost: () => Error;
  /** Told where an engine that answers pings says nothing else; absent where that is in order. */
  waiting?: Waiting;
}

/**
 * Tells a connection that died without a word (a cut link sends no reset) from an engine at work: as long as nothing
 * moves, the engine is asked for a sign of life, and `signal` aborts when none comes.
 */
export class SilenceWatch {
  readonly #signs: Signs;
  readonly #dead = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #heard = performance.now();
  #asking = false;

  constructor(signs: Signs) {
    this.#signs = signs;
    this.#timer = setInterval(() => void this.#check(), SILENCE / 3);
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#dead.signal;
  }

  /** Passes on what comes; each item counts as a sign of life. */
  async *over<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of items) {
      this.#moved();
      yield item;
    }
  }

  /** Passes on what is given to the engine; each item counts as one, too. */
  async *given<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    yield* this.over(this.#signs.waiting?.given(items) ?? items);
  }

  /** From now on silence is in order, as long as pings are answered. */
  silenceIsInOrder(): void {
    this.#signs.waiting?.end();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#signs.waiting?.end();
  }

  #moved(): void {
    this.#heard = performance.now();
    this.#signs.waiting?.heard();
  }

  async #check(): Promise<void> {
    if (this.#asking || performance.now() - this.#heard < SILENCE) return;
    this.#asking = true;
    try {
      await this.#signs.ping(AbortSignal.timeout(SILENCE));
      this.#heard = performance.now();
    } catch {
      this.#dead.abort(this.#signs.lost());
    } finally {
      this.#asking = false;
    }
  }
}
