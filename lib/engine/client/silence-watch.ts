/** Milliseconds without a sign of life after which the engine has to answer a ping, and that it has for the answer. */
const SILENCE = 15_000;

/**
 * Tells a connection that died without a word (a cut link sends no reset) from an engine at work: as long as nothing
 * moves, the engine is asked for a sign of life, and `signal` aborts when none comes.
 */
export class SilenceWatch {
  readonly #ping: (signal: AbortSignal) => Promise<void>;
  readonly #lost: () => Error;
  readonly #dead = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #heard = Date.now();
  #asking = false;

  /** @param lost what `signal` aborts with */
  constructor(ping: (signal: AbortSignal) => Promise<void>, lost: () => Error) {
    this.#ping = ping;
    this.#lost = lost;
    this.#timer = setInterval(() => void this.#check(), SILENCE / 3);
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#dead.signal;
  }

  /** Passes items on; each counts as a sign of life. */
  async *over<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of items) {
      this.#heard = Date.now();
      yield item;
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #check(): Promise<void> {
    if (this.#asking || Date.now() - this.#heard < SILENCE) return;
    this.#asking = true;
    try {
      await this.#ping(AbortSignal.timeout(SILENCE));
      this.#heard = Date.now();
    } catch {
      this.#dead.abort(this.#lost());
    } finally {
      this.#asking = false;
    }
  }
}
