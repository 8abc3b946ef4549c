import { EventEmitter } from 'node:events';
import { finished, Readable, Writable } from 'node:stream';
import { errorOf } from '../../lib/text/thrown.js';

/** A task as gulp takes it: it calls back, or returns a promise, a stream, a child process, an observable, or nothing. */
export type Work = (done: (error?: unknown) => void) => unknown;

/**
 * Runs a task of gulp by itself, by gulp's rules of when it has ended (async-done).
 *
 * @param signal where it aborts, this rejects, even if the task goes on
 */
export async function settled(work: Work, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown) => {
      if (error === undefined || error === null) resolve();
      else reject(errorOf(error));
    };
    follow(work(done), done);
    signal?.addEventListener('abort', () => setTimeout(done, GRACE, signal.reason).unref(), { once: true });
  });
}

/** Milliseconds that a task has to end by itself when all is to end. */
const GRACE = 2_000;

function follow(result: unknown, done: (error?: unknown) => void): void {
  if (isThenable(result)) return void result.then(() => done(), done);
  if (isObservable(result)) return void result.subscribe({ error: done, complete: () => done() });
  if (result instanceof Readable || result instanceof Writable) {
    finished(result, done);
    // Nobody else reads what a pipeline ends with.
    if (
      result instanceof Readable &&
      result.readableFlowing === null &&
      result.listenerCount('readable') === 0
    )
      result.resume();
  } else if (result instanceof EventEmitter) {
    result.on('error', done);
    result.on('exit', (status: number | null) =>
      done(status === 0 ? undefined : new Error(`exited with code ${String(status)}`)),
    );
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

interface Observable {
  subscribe: (observer: { error: (error: unknown) => void; complete: () => void }) => unknown;
}

function isObservable(value: unknown): value is Observable {
  return (
    typeof value === 'object' &&
    value !== null &&
    'subscribe' in value &&
    typeof value.subscribe === 'function'
  );
}
