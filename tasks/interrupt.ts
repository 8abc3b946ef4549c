const CLEAN_UP_LIMIT_MS = 10_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
 *
 * @param takesSignals the work handles signals itself (a container in the foreground gets them) and is not aborted
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { takesSignals = false } = {},
): Promise<Result> {
  const abort = new AbortController();
  const result = work(abort.signal);
  const self: Running = { abort, settled: result.catch(() => undefined), takesSignals };
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
