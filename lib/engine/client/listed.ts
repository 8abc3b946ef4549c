import { isRefusal } from './errors.js';

const TRIES = 5;

/** What podman says of something that it has just removed: `container not known`, `no such network`. */
const GONE = /not known|no such|not exist/i;

/**
 * A list of an engine that looks at one thing after the other, and refuses all of it where one of them is removed meanwhile:
 * containerd's image store with 404, podman with 500. It is asked for again.
 */
export async function listed<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const isGone = isRefusal(error, 404) || (isRefusal(error, 500) && GONE.test(error.sentence));
      if (!isGone || tries === TRIES) throw error;
    }
  }
}
