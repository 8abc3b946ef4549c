/** Milliseconds without a sign of life after which who waits is told so, unless given. */
export const FIRST_WORD = 30_000;

/**
 * Tells who waits for somebody that nothing comes: whether it ever will, nobody can know, but no wait is to look like a
 * program that stands still. It is told again after twice the time each.
 */
export class Waiting {
  readonly #tell: (silence: number) => void;
  readonly #after: number;
  readonly #timer: NodeJS.Timeout;
  #heard = performance.now();
  #next: number;
  #paused = false;

  /** @param tell gets the milliseconds that nothing has come for */
  constructor(tell: (silence: number) => void, after = FIRST_WORD) {
    this.#tell = tell;
    this.#after = after;
    this.#next = after;
    this.#timer = setInterval(() => this.#check(), after / 6);
    this.#timer.unref();
  }

  heard(): void {
    this.#heard = performance.now();
    this.#next = this.#after;
  }

  /** Passes on what is given to who is waited for: while the next item is not there, it is somebody else. */
  async *given<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
    this.#paused = true;
    for await (const item of items) {
      this.#resume();
      yield item;
      this.#paused = true;
    }
    this.#resume();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #resume(): void {
    this.#paused = false;
    this.heard();
  }

  #check(): void {
    const silence = performance.now() - this.#heard;
    if (this.#paused || silence < this.#next) return;
    this.#next = 2 * silence;
    this.#tell(silence);
  }
}
