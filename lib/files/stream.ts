import { Readable } from 'node:stream';
import type Vinyl from 'vinyl';
import { errorOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';

/** Takes a file; resolves when there may be another one. */
export type Emit = (file: Vinyl) => Promise<void>;

/**
 * An object stream of Vinyl files, which are made while they are asked for.
 *
 * @param carryOut makes them; called when the first one is asked for, and given a signal that aborts where the stream is
 * broken off
 */
export function fileStream(carryOut: (emit: Emit, broken: AbortSignal) => Promise<unknown>): Readable {
  const broken = new AbortController();
  let waiting: { resolve: () => void; reject: (reason: unknown) => void } | undefined;
  let started = false;
  const stream = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      waiting?.resolve();
      if (started) return;
      started = true;
      carryOut(emit, broken.signal).then(
        () => stream.push(null),
        (error: unknown) => stream.destroy(errorOf(error)),
      );
    },
    destroy(error, done) {
      const sentence = 'The pipeline ended before all files had come out of it.';
      const reason =
        error instanceof UserError ? error : new UserError('PIPELINE_ENDED', sentence, { cause: error });
      broken.abort(reason);
      waiting?.reject(reason);
      done(error);
    },
  });
  function emit(file: Vinyl): Promise<void> {
    return new Promise((resolve, reject) => {
      broken.signal.throwIfAborted();
      waiting = { resolve, reject };
      if (stream.push(file)) resolve();
    });
  }
  return stream;
}
