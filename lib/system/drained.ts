import type { Writable } from 'node:stream';
import { listenTogether } from './shared-listener.js';

/** Settles when a stream takes more, or will take nothing any more. */
export function drained(stream: Writable): Promise<void> {
  // Waited for thousands of times in a build, where abort signals would be a tenth of the work.
  return new Promise((resolve) => {
    const settle = () => {
      forgetDrain();
      forgetClose();
      resolve();
    };
    const forgetDrain = listenTogether(stream, 'drain', settle);
    const forgetClose = listenTogether(stream, 'close', settle);
  });
}
