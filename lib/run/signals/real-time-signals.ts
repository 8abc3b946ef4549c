/** Linux has these, less the two that its C library keeps for itself. */
const FIRST = 34;
const LAST = 64;

/** Node's own part for signals, of which `process.on` takes no number. */
interface SignalWrap {
  onsignal: (number: number) => void;
  unref(): void;
  /** @returns 0, or an error's number */
  start(number: number): number;
  close(): void;
}

const listeners = new Set<(number: number) => void>();
let wraps: SignalWrap[] = [];

/** Calls `listener` with the number of each real-time signal that this process gets, until the returned function is called. */
export function catchRealTime(listener: (number: number) => void): () => void {
  if (listeners.size === 0) wraps = startAll();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) for (const wrap of wraps.splice(0)) wrap.close();
  };
}

function startAll(): SignalWrap[] {
  const Signal = process.platform === 'linux' ? loadSignalWrap() : undefined;
  if (!Signal) return [];
  const started: SignalWrap[] = [];
  for (let number = FIRST; number <= LAST; number++) {
    const wrap = new Signal();
    wrap.unref();
    wrap.onsignal = (caught) => listeners.forEach((listener) => listener(caught));
    if (wrap.start(number) === 0) started.push(wrap);
    else wrap.close();
  }
  return started;
}

/** Undefined in a Node that does not hand it out, as from 24.21 on: there these signals end the process, as they would without us. */
function loadSignalWrap(): (new () => SignalWrap) | undefined {
  const { binding, noDeprecation } = process as typeof process & {
    binding?: (name: 'signal_wrap') => { Signal?: new () => SignalWrap };
    noDeprecation?: boolean;
  };
  // The user can do nothing about the warning.
  process.noDeprecation = true;
  try {
    return binding?.('signal_wrap').Signal;
  } catch {
    return undefined;
  } finally {
    process.noDeprecation = noDeprecation;
  }
}
