import { reasonOf } from '../engine/client/errors.js';
import type { Engine } from '../engine/types.js';
import { NotLoaded } from './base/failures.js';
import { isFault, isPassing } from './base/transfer-error.js';

/** Tries in a row that bring no further layer, before a transfer is given up. */
export const TRIES = 6;

/** Of these, those after which an engine that says each time that it lacks what it was given is believed. */
const TRIES_TO_LOSE = 4;

/** Milliseconds before the second try; doubled before each further one. */
const FIRST_PAUSE = 1_000;

/** Messages about something that may have been removed meanwhile (a prune, say), so that another try may succeed. */
const GONE = /not found|no such|not exist|does not have/i;

/** Whether the target lacks what it had, or was given: somebody prunes there. */
export function wasRemoved(error: unknown): boolean {
  return error instanceof NotLoaded && GONE.test(reasonOf(error));
}

/** Counts the tries of one transfer, and knows after which failure there is no point in another one. */
export class Tries {
  readonly #source: Engine;
  /** Number of the current try, counted since the last one that brought a layer. */
  count = 1;
  #layersSent = 0;
  /** The last reason that an engine gave for rejecting an archive. */
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
    if (wasRemoved(error) && this.count === TRIES_TO_LOSE) return undefined;
    return FIRST_PAUSE * 2 ** (this.count++ - 1);
  }

  /** Whether the engine rejects the same for the same reason as before: a further try would not help. */
  #isSaidAgain(error: unknown): boolean {
    const said = error instanceof NotLoaded || isFault(error) ? reasonOf(error) : undefined;
    const before = this.#said;
    this.#said = said;
    return said !== undefined && said === before && !GONE.test(said);
  }
}
