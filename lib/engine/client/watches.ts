import type { EngineAddress } from '../connect/host.js';
import { engineLost } from './errors.js';
import { SilenceWatch } from './silence-watch.js';
import { stillWaiting, waitedFor } from './waited-for.js';
import { Waiting } from './waiting.js';

/** How the user is told of silence. */
export interface Telling {
  /** Gets a line where there has not been a word for long. */
  say: (line: string) => void;
  /** After how many milliseconds it is said first. */
  tellAfter?: number;
}

/** What is watched of an engine's requests. */
export interface Watches {
  /** Begins to wait for an engine to do that (`take the image`). */
  waiting: (what: string) => Waiting;
  /** A watch over something where silence is in order. @param what for the failure */
  watch: (what: string) => SilenceWatch;
  /** A watch over a request. */
  watchOf: (name: string, request: { mayBeSilent?: boolean }) => SilenceWatch;
}

/** @param ping asks the engine for a sign of life */
export function watchesOver(
  address: EngineAddress,
  ping: (signal: AbortSignal) => Promise<void>,
  { say, tellAfter }: Telling,
): Watches {
  const waiting = (what: string) =>
    new Waiting((silence) => say(stillWaiting(address, what, silence)), tellAfter);
  const watch = (what: string, told?: Waiting) =>
    new SilenceWatch({
      ping,
      lost: () => engineLost(address, what, undefined, 'fell silent'),
      waiting: told,
    });
  return {
    waiting,
    watch: (what) => watch(what),
    watchOf: (name, { mayBeSilent }) => watch(name, mayBeSilent ? undefined : waiting(waitedFor(name))),
  };
}
