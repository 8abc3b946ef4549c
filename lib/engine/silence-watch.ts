import type { Engine } from './types.js';

/** Milliseconds without a sign of life after which the engine has to answer a ping, and that it has for the answer. */
const SILENCE = 15_000;

/**
 * Tells a connection that died without a word (a cut link sends no reset) from an engine at work: as long as nothing
 * moves, the engine is asked for a sign of life, and `signal` aborts when none comes.
 */
export class SilenceWatch {
  readonly #dead = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #heard = Date.now();
  #asking = false;

  constructor(private readonly engine: Engine) {
    this.#timer = setInterval(() => void this.#check(), SILENCE / 3);
    this.#timer.unref();
  }

  get signal(): AbortSignal {
    return this.#dead.signal;
  }

  /** The same items; each is a sign of life. */
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
    const overdue = setTimeout(() => this.#dead.abort(silent(this.engine)), SILENCE);
    try {
      await this.engine.docker.ping();
      this.#heard = Date.now();
    } catch {
      this.#dead.abort(silent(this.engine));
    } finally {
      clearTimeout(overdue);
      this.#asking = false;
    }
  }
}

function silent({ address }: Engine): Error {
  return Object.assign(new Error(`${address.url} fell silent`), { code: 'ETIMEDOUT' });
}
