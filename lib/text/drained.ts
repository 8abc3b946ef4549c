import type { Writable } from 'node:stream';

/** Settles when a stream takes more, or will take nothing any more. */
export function drained(stream: Writable): Promise<void> {
  // Waited for thousands of times in a build, where abort signals would be a tenth of the work.
  return new Promise((resolve) => {
    const settle = () => {
      stream.off('drain', settle).off('close', settle);
      resolve();
    };
    stream.on('drain', settle).on('close', settle);
  });
}
