const CLEAN_UP_LIMIT_MS = 10_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What work is given to know of its end. */
export interface Interruptible {
  /** Aborted when the process is interrupted, or when work beside this one fails. */
  signal: AbortSignal;
  /** From now on the work takes signals itself, as a container in the foreground does, and is not aborted by them. */
  takeSignals: () => void;
}

interface Running {
  abort: AbortController;
  settled: Promise<unknown>;
  takesSignals: boolean;
}

const running = new Set<Running>();

/**
 * Carries out work that must clean up after itself, whatever ends it:
 *
 * - on SIGINT, SIGTERM or SIGHUP the signal is aborted, all work here is waited for, and the process then ends by
 *   that same signal, so that its parent sees why; a second signal does not wait;
 * - when work fails, all other work here is aborted and waited for before the failure is passed on, because
 *   gulp ends the process at the first failure in a `parallel` (not with `--continue`).
 */
export async function interruptible<Result>(
  work: (means: Interruptible) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController();
  const self: Running = { abort, settled: Promise.resolve(), takesSignals: false };
  const result = work({ signal: abort.signal, takeSignals: () => (self.takesSignals = true) });
  self.settled = result.catch(() => undefined);
  if (running.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
  running.add(self);
  try {
    return await result;
  } catch (error) {
    running.delete(self);
    // The signal's handler ends the process; a rejection now would let gulp end it with status 1 instead.
    if (interrupted) return await new Promise<never>(() => undefined);
    if (process.env.UNDERTAKER_SETTLE !== 'true') await endOthers(error);
    throw error;
  } finally {
    running.delete(self);
    if (running.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

let interrupted = false;

function onSignal(signal: NodeJS.Signals): void {
  if (interrupted) endBy(signal);
  const toAbort = [...running].filter(({ takesSignals }) => !takesSignals);
  if (toAbort.length === 0) return;
  interrupted = true;
  for (const { abort } of toAbort) abort.abort(new Error(`interrupted by ${signal}`));
  void settledWithin([...running]).then(() => endBy(signal));
}

function endBy(signal: NodeJS.Signals): void {
  for (const each of SIGNALS) process.off(each, onSignal);
  process.kill(process.pid, signal);
}

async function endOthers(reason: unknown): Promise<void> {
  const others = [...running];
  for (const { abort } of others) abort.abort(reason);
  await settledWithin(others);
}

async function settledWithin(work: readonly Running[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, CLEAN_UP_LIMIT_MS)));
  await Promise.race([Promise.all(work.map(({ settled }) => settled)), limit]);
  clearTimeout(timer);
}
