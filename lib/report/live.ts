import { folded } from './folded.js';
import { formatBytes, formatDuration } from './format.js';
import { itemLine, Items, type TimedItem } from './items.js';
import type { Palette } from './palette.js';
import type { Screen } from './screen.js';
import { displayWidth, truncate } from './text.js';
import type { Activity, Report } from './types.js';

const WIDEST = 110;
const BAR = 20;

/** Progress that moves: what runs is shown in the live region of the screen, what has ended becomes a line above it. */
export function createLiveReport(
  screen: Screen,
  palette: Palette,
  { wholeCommands = false }: { wholeCommands?: boolean } = {},
): Report {
  const open = openOn(screen);

  return {
    command: (line) => screen.print(palette.bold(wholeCommands ? line : folded(line, screen.columns))),
    info: (message) => screen.print(message),
    warn: (message) => screen.print(palette.yellow(message)),
    suspend: () => screen.hold(),
    activity(title) {
      const activity = new LiveActivity(title, screen, palette, () => open.delete(activity));
      open.add(activity);
      if (open.size > 1) open.forEach((each) => (each.shared = true));
      return activity;
    },
  };
}

const opened = new WeakMap<Screen, Set<LiveActivity>>();

/** The activities that are shown on a screen, whichever report they are of. */
function openOn(screen: Screen): Set<LiveActivity> {
  const activities = opened.get(screen) ?? new Set();
  opened.set(screen, activities);
  return activities;
}

class LiveActivity implements Activity {
  readonly #title: string;
  readonly #screen: Screen;
  readonly #palette: Palette;
  readonly #onEnd: () => void;
  /** Whether another activity ran at the same time, so that its lines must say whose they are. */
  shared = false;
  readonly #items: Items;
  readonly #start = performance.now();
  readonly #hide: () => void;
  #ended = false;

  constructor(title: string, screen: Screen, palette: Palette, onEnd: () => void) {
    this.#title = title;
    this.#screen = screen;
    this.#palette = palette;
    this.#onEnd = onEnd;
    this.#items = new Items(palette);
    this.#hide = screen.show((columns) => this.#render(columns));
  }

  line(text: string): void {
    this.#screen.print(`${this.#owner}${this.#palette.foreign(text)}`);
  }

  item(id: string, state: Parameters<Activity['item']>[1]): void {
    const item = this.#items.update(id, state);
    if (item.justEnded)
      this.line(itemLine(item, this.#palette, this.#screen.columns - displayWidth(this.#owner)));
  }

  done(summary: string): void {
    const { green, bold, signs } = this.#palette;
    this.#end(`${green(signs.done)} ${bold(this.#title)}${summary === '' ? '' : `  ${summary}`}`);
  }

  failed(): void {
    const { red, bold, signs } = this.#palette;
    this.#end(
      `${red(signs.failed)} ${bold(this.#title)}  failed after ${formatDuration(performance.now() - this.#start)}`,
    );
  }

  get #owner(): string {
    const { dim, cyan, signs } = this.#palette;
    return this.shared ? `${cyan(this.#title)} ${dim(signs.separator)} ` : '  ';
  }

  #end(closing: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#hide();
    this.#screen.print(closing);
    this.#onEnd();
  }

  #render(columns: number): string[] {
    const { bold, cyan, signs } = this.#palette;
    const turn = Math.floor(performance.now() / 100) % signs.spinner.length;
    const spinner = cyan(signs.spinner.slice(turn, turn + 1).join(''));
    const width = Math.min(columns, WIDEST);
    const title = between(
      `${spinner} ${bold(this.#title)}`,
      formatDuration(performance.now() - this.#start),
      width,
      signs,
    );
    return [title, ...this.#items.running().map((item) => this.#renderItem(item, width))];
  }

  #renderItem(item: TimedItem, width: number): string {
    const { dim, signs } = this.#palette;
    const elapsed = performance.now() - item.start;
    const amount = this.#renderAmount(item, elapsed, width);
    const note = item.note ? `${dim(item.note)} ` : '';
    return between(
      `    ${item.label}`,
      `${note}${amount}${formatDuration(elapsed).padStart(6)}`,
      width,
      signs,
    );
  }

  #renderAmount({ completed, total }: TimedItem, elapsed: number, width: number): string {
    if (completed === undefined) return '';
    // On a narrow terminal first the bar goes, then the rate.
    const rate = width >= 60 && elapsed > 1000 ? `${formatBytes((completed * 1000) / elapsed)}/s` : '';
    if (!total) return `${formatBytes(completed)} ${rate} `;
    const { green, dim, signs } = this.#palette;
    const full = Math.floor(Math.min(1, completed / total) * BAR);
    const bar = `${green(signs.full.repeat(full))}${dim(signs.empty.repeat(BAR - full))} `;
    const amount = `${formatBytes(completed)}/${formatBytes(total)}`.padStart(13);
    return `${width >= 72 ? bar : ''}${amount} ${width >= 60 ? rate.padStart(10) : ''}`;
  }
}

/** `left`, cut where need be, and `right` at the end of `width` columns. */
function between(left: string, right: string, width: number, signs: Palette['signs']): string {
  const room = width - displayWidth(right) - 1;
  if (room < 8) return truncate(left, width, signs.ellipsis);
  const cut = truncate(left, room, signs.ellipsis);
  return `${cut}${' '.repeat(room - displayWidth(cut) + 1)}${right}`;
}
