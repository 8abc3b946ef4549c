import { formatBytes, formatClock, formatDuration } from './format.js';
import { itemLine, Items } from './items.js';
import type { Lines } from './lines.js';
import type { Palette } from './palette.js';
import type { Report } from './types.js';

/** A step that takes longer than this says so again, in milliseconds: a log that stands still looks like a hang. */
const SIGN_OF_LIFE = 30_000;

/** Lines for a log: what began, each step that ended, how it ended; every line with the time, and its activity's title. */
export function createPlainReport(lines: Lines, palette: Palette): Report {
  const { bold, dim, foreign, green, red, yellow, signs } = palette;
  const print = (text: string) => lines.print(`${dim(`[${formatClock(new Date())}]`)} ${text}`);

  return {
    // Bare, because it is there to be pasted.
    command: (line) => lines.print(bold(line)),
    info: print,
    warn: (message) => print(yellow(message)),
    suspend: () => lines.hold(),
    activity(title) {
      const start = performance.now();
      const items = new Items(palette);
      const heard = new Map<string, number>();
      const line = (text: string) => print(`${title} ${signs.separator} ${foreign(text)}`);
      print(`${signs.start} ${title}`);

      return {
        line,
        item(id, state) {
          const item = items.update(id, state);
          if (item.justEnded) line(itemLine(item, palette));
          if (item.state !== 'running' || performance.now() - (heard.get(id) ?? item.start) < SIGN_OF_LIFE)
            return;
          heard.set(id, performance.now());
          const amount = [item.completed, item.total].filter((bytes) => bytes !== undefined).map(formatBytes);
          line(
            `${item.label}  ${[amount.join('/'), formatDuration(performance.now() - item.start)].join('  ').trim()}`,
          );
        },
        done: (summary) => print(`${green(signs.done)} ${title}${summary === '' ? '' : `  ${summary}`}`),
        failed: () =>
          print(`${red(signs.failed)} ${title}  failed after ${formatDuration(performance.now() - start)}`),
      };
    },
  };
}
