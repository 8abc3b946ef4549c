import { setMaxListeners } from 'node:events';
import type { Engine, Means } from '../lib/engine/index.js';
import { createReport } from '../lib/report/index.js';

/** Whatever is done with these is told to nobody, and never aborted. */
export const quiet: Pick<Means, 'report' | 'signal'> = {
  report: createReport({ level: 'silent' }),
  signal: never(),
};

/** All that a plan is carried out with, in this process's environment and without credentials. */
export function quietMeans(engine: Engine, other: Partial<Means> = {}): Means {
  return { ...quiet, engine, env: process.env, credentials: () => Promise.resolve(undefined), ...other };
}

/** As that of a task, which has as many listeners as there are hosts. */
function never(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}
