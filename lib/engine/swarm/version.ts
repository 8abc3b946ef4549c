import { isRefusal } from '../client/errors.js';
import { number, object } from '../client/shape.js';

/** What an object of a swarm is at: who changes one says which, so that no change of somebody else is lost. */
export const VERSION = object({ Index: number });

const TRIES = 10;

/** Reads and changes an object of a swarm anew where somebody else has changed it in between. */
export async function withoutRace<T>(change: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await change();
    } catch (error) {
      const isRace = isRefusal(error) && /update out of sequence/.test(error.sentence);
      if (!isRace || tries === TRIES) throw error;
    }
  }
}
