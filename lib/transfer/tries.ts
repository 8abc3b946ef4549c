import { reasonOf } from '../engine/client/errors.js';
import type { Engine } from '../engine/types.js';
import { NotLoaded } from './base/failures.js';
import { isPassing } from './base/transfer-error.js';

/** Tries in a row that bring no further layer, before a transfer is given up. */
export const TRIES = 6;

/** Milliseconds before the second try; doubled before each further one. */
const FIRST_PAUSE = 1_000;

/** What somebody may have removed while it was under way, such as a prune: at the next try it may stay. */
const GONE = /not found|no such|not exist|does not have/i;

/** Counts the tries of one transfer, and knows after which failure there is no point in another one. */
export class Tries {
  readonly #source: Engine;
  /** The one that is under way, of those that have brought no further layer. */
  count = 1;
  #layersSent = 0;
  /** What an engine has said of an archive that it did not take. */
  #said?: string;

  constructor(source: Engine) {
    this.#source = source;
  }

  /**
   * Counts a failure.
   *
   * @returns milliseconds before the next try; undefined where there is to be none
   */
  pauseAfter(error: unknown, layersSent: number): number | undefined {
    if (layersSent > this.#layersSent) {
      this.#layersSent = layersSent;
      this.count = 1;
      this.#said = undefined;
    }
    if (!isPassing(error, this.#source) || this.#isSaidAgain(error) || this.count === TRIES) return undefined;
    return FIRST_PAUSE * 2 ** (this.count++ - 1);
  }

  /** Whether an engine says the same of the same layers once more: so it will at any further try. */
  #isSaidAgain(error: unknown): boolean {
    const said = error instanceof NotLoaded ? reasonOf(error) : undefined;
    const before = this.#said;
    this.#said = said;
    return said !== undefined && said === before && !GONE.test(said);
  }
}
