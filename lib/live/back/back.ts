import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../../engine/client/errors.js';
import type { Told } from '../told.js';
import type { Returning } from './returning.js';
import type { Asked } from './survey.js';

export interface BackOptions {
  /** Undefined while nothing can be asked there. */
  sidecar: () => Asked | undefined;
  /** Whether nothing is on its way there. */
  settled: () => boolean;
  told: Pick<Told, 'complain'>;
  onTrouble: (error: unknown) => void;
}

/** Milliseconds between two looks, at least and at most. */
const PAUSE = 250;
const LONGEST_PAUSE = 2_000;
/** A pause is so many times as long as the look before: a large folder is not looked through all the time. */
const SHARE = 10;

/**
 * Brings back what the container writes, as long as it runs and once more when it has ended. It asks again and again, which
 * knows no limit of watches, misses nothing, and costs a look into each folder that is wanted.
 */
export class Back {
  readonly #returning: readonly Returning[];
  readonly #options: BackOptions;
  readonly #closing = new AbortController();
  #working?: Promise<void>;

  constructor(kept: readonly { returning?: Returning }[], options: BackOptions) {
    this.#returning = kept.flatMap(({ returning }) => returning ?? []);
    this.#options = options;
  }

  begin(): void {
    if (this.#returning.length > 0) this.#working = this.#work();
  }

  get hasBegun(): boolean {
    return this.#working !== undefined;
  }

  /** Brings what is there, as it will stay. */
  async end(): Promise<void> {
    this.#closing.abort();
    if (!this.#working) return;
    await this.#working;
    const { sidecar, told } = this.#options;
    try {
      await this.#round(sidecar(), true);
    } catch (error) {
      told.complain(`What the container wrote last was not brought back: ${reasonOf(error)}`);
    }
  }

  async #work(): Promise<void> {
    const { signal } = this.#closing;
    const { sidecar, onTrouble } = this.#options;
    let pause = PAUSE;
    for (;;) {
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const start = performance.now();
      await this.#round(sidecar(), false).catch(onTrouble);
      pause = Math.min(Math.max(PAUSE, SHARE * (performance.now() - start)), LONGEST_PAUSE);
    }
  }

  async #round(asked: Asked | undefined, last: boolean): Promise<void> {
    if (!asked) return;
    const { settled } = this.#options;
    for (const each of this.#returning) await each.round(asked, { settled: settled(), last });
  }
}
