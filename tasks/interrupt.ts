import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import { UserError } from '../lib/text/user-error.js';
import { endAtExit, endBy, endWhenIdle, statusOf } from './end-by-signal.js';

const CLEAN_UP_LIMIT_MS = 10_000;
/** SIGBREAK is Ctrl-Break, and SIGHUP there the closing of the window; elsewhere nothing sends it. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** What work is given to know of its end. */
export interface Interruptible {
  /** Aborted when the process is interrupted, or when work beside this one fails. */
  signal: AbortSignal;
  /** From now on the work takes signals itself, as a container in the foreground does, and is not aborted by them. */
  takeSignals: () => void;
  /** How many milliseconds the work may need to clean up behind it. Default: 10000. */
  cleanUpWithin: (milliseconds: number) => void;
}

interface Running {
  abort: AbortController;
  settled: Promise<unknown>;
  takesSignals: boolean;
  /** Milliseconds to clean up. */
  limit: number;
  /** The work that waits for this one, because this is a part of it: it hears of a failure by itself. */
  above: readonly Running[];
  /** Resolves when gulp has heard why this work was aborted. */
  told?: Promise<void>;
}

const running = new Set<Running>();

/** The work that something is done for. */
const within = new AsyncLocalStorage<readonly Running[]>();

/** The signal that ends this process, once it has come. */
let ending: NodeJS.Signals | undefined;

/**
 * Carries out work that must clean up after itself, whatever ends it:
 *
 * - on SIGINT, SIGTERM or SIGHUP the signal is aborted, and all work here is waited for; then all of it fails, so that the
 *   gulpfile can clean up, too, and the process ends by that same signal, so that its parent sees why. What has not begun
 *   by then does not begin. A second signal does not wait;
 * - when work fails, all other work here is aborted and waited for before the failure is passed on, because
 *   gulp ends the process at the first failure in a `parallel` (not with `--continue`). The work that was aborted fails
 *   by the same failure, and later, so that gulp shows the cause.
 */
export async function interruptible<Result>(
  work: (means: Interruptible) => Promise<Result>,
): Promise<Result> {
  if (ending) {
    endAtExit(ending);
    throw interruption(ending);
  }
  const abort = new AbortController();
  // A transfer to many hosts listens once or twice for each: Node would warn of a leak from eleven on.
  setMaxListeners(0, abort.signal);
  const above = within.getStore() ?? [];
  const self: Running = {
    above,
    abort,
    settled: Promise.resolve(),
    takesSignals: false,
    limit: CLEAN_UP_LIMIT_MS,
  };
  const result = within.run([...above, self], () =>
    work({
      signal: abort.signal,
      takeSignals: () => (self.takesSignals = true),
      cleanUpWithin: (milliseconds) => (self.limit = milliseconds),
    }),
  );
  self.settled = result.catch(() => undefined);
  if (running.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
  running.add(self);
  try {
    return await result;
  } catch (error) {
    running.delete(self);
    throw await causeOf(self, error);
  } finally {
    running.delete(self);
    if (running.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** Aborts all work, as a failure of one would, and waits for it. @returns whether there was any */
export async function abortAll(reason: unknown): Promise<boolean> {
  const any = running.size > 0;
  await abortOthers(reason);
  return any;
}

/** What failed work fails with. Resolves when gulp may hear of it, which ends the process. */
async function causeOf(self: Running, error: unknown): Promise<unknown> {
  const {
    abort: { signal },
    told,
    takesSignals,
    above,
  } = self;
  if (ending) {
    await settledWithin([...running].filter((one) => !above.includes(one)));
    if (signal.aborted) return signal.reason;
    if (takesSignals && isEndBy(ending, error)) endAtExit(ending);
    return error;
  }
  if (told) {
    // What it is a part of is among those that are waited for, and waits for this.
    if (above.length === 0) await told;
    return signal.reason;
  }
  if (process.env.UNDERTAKER_SETTLE !== 'true') await abortOthers(error, above);
  return error;
}

async function abortOthers(reason: unknown, above: readonly Running[] = []): Promise<void> {
  const others = [...running].filter((one) => !above.includes(one));
  const settled = settledWithin(others);
  const told = settled.then(nextTurn);
  for (const other of others) {
    other.told ??= told;
    other.abort.abort(reason);
  }
  await settled;
}

function onSignal(signal: NodeJS.Signals): void {
  const aborted = [...running].filter(({ takesSignals }) => !takesSignals);
  if (ending && aborted.length === running.size) return endBy(signal);
  ending ??= signal;
  if (aborted.length > 0) endAtExit(ending);
  for (const { abort } of aborted) abort.abort(interruption(ending));
  // Work that takes signals may take its time, as a container does that was asked to end.
  const all = Promise.all([...running].map(({ settled }) => settled));
  void (aborted.length < running.size ? all : settledWithin([...running])).then(() => endWhenIdle(signal));
}

function interruption(signal: NodeJS.Signals): UserError {
  return new UserError('INTERRUPTED', `Interrupted by ${signal}.`, { exitStatus: statusOf(signal) });
}

/** Whether a failure is that of a container, and of what else has an exit status, which the signal has ended. */
function isEndBy(signal: NodeJS.Signals, error: unknown): boolean {
  return error instanceof UserError && error.exitStatus === statusOf(signal);
}

/** By then gulp has heard of what failed in this turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function settledWithin(work: readonly Running[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const longest = Math.max(CLEAN_UP_LIMIT_MS, ...work.map(({ limit }) => limit));
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, longest)));
  await Promise.race([Promise.all(work.map(({ settled }) => settled)), limit]);
  clearTimeout(timer);
}
