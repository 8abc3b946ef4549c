import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from './terminal-svg.js';

/** Milliseconds between two looks at a screen. */
const EVERY = 60;
/** What moves faster than this is not seen. */
const SHORTEST = 250;

export interface Film {
  /**
   * Ends the film.
   *
   * @param longest milliseconds that it takes at most: a longer one is shown faster
   * @param rest milliseconds for which the last picture stands
   */
  end: (longest: number, rest: number) => Promise<Frame[]>;
}

interface Look {
  text: string;
  at: number;
}

/** Looks at a screen again and again. */
export function film(look: () => Promise<string>): Film {
  const looks: Look[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      looks.push({ text: await look(), at: performance.now() });
      await sleep(EVERY);
    }
  })();
  return {
    async end(longest, rest) {
      isOver = true;
      await looking;
      looks.push({ text: await look(), at: performance.now() });
      return framesOf(looks, { longest, rest });
    },
  };
}

/** A picture each time that something has changed, and the one before could be seen. */
export function framesOf(
  looks: readonly Look[],
  { longest, rest }: { longest: number; rest: number },
): Frame[] {
  const start = looks[0]?.at ?? 0;
  const faster = Math.max(1, ((looks.at(-1)?.at ?? 0) - start) / longest);
  const shown: Look[] = [];
  for (const { text, at } of looks) {
    const now = (at - start) / faster;
    const last = shown.at(-1);
    if (text === last?.text) continue;
    if (last && now - last.at < SHORTEST) last.text = text;
    else shown.push({ text, at: now });
  }
  return shown.map(({ text, at }, index) => {
    const next = shown[index + 1];
    return { lines: text.split('\n'), milliseconds: Math.round(next ? next.at - at : rest) };
  });
}
