import { formatBytes, formatDuration } from './format.js';
import type { Palette } from './palette.js';
import { displayWidth, truncate } from './text.js';
import type { ItemState } from './types.js';

export interface TimedItem extends ItemState {
  /** Milliseconds, by the clock that nobody sets. */
  start: number;
  /** True in the one update that ended it. One that goes on, as BuildKit's steps may, ends again if it then took longer. */
  justEnded: boolean;
  /** How it ended, if it ever did. */
  ending?: string;
}

/** The items of an activity, in the order in which they began. */
export class Items {
  readonly #items = new Map<string, TimedItem>();
  readonly #palette: Palette;

  constructor(palette: Palette) {
    this.#palette = palette;
  }

  update(id: string, state: ItemState): TimedItem {
    const before = this.#items.get(id);
    const ending = state.state === 'running' ? before?.ending : endingOf(state);
    const item: TimedItem = {
      ...state,
      label: this.#palette.foreign(state.label),
      start: before?.start ?? performance.now(),
      justEnded: ending !== before?.ending,
      ending,
    };
    this.#items.set(id, item);
    return item;
  }

  running(): TimedItem[] {
    return [...this.#items.values()].filter((item) => item.state === 'running');
  }
}

/** The line that stays of an item that has ended; a label that does not fit into `columns` is cut. */
export function itemLine(item: TimedItem, palette: Palette, columns = Infinity): string {
  const { green, red, dim, signs } = palette;
  const sign = item.state === 'failed' ? red(signs.failed) : green(signs.done);
  const facts = factsOf(item);
  const room = columns - displayWidth(`${signs.done} ${facts}`);
  const label = truncate(item.label, Math.max(room, SHORTEST_LABEL), signs.ellipsis);
  return `${sign} ${label}${dim(facts)}`;
}

const SHORTEST_LABEL = 16;

function endingOf(state: ItemState): string {
  return `${state.state}${factsOf(state)}`;
}

function factsOf({ state, note, total, completed, elapsed }: ItemState): string {
  const size = total ?? completed;
  return [
    note ?? (state === 'cached' ? 'CACHED' : ''),
    size === undefined ? '' : formatBytes(size),
    elapsed === undefined ? '' : formatDuration(elapsed),
  ]
    .filter((fact) => fact !== '')
    .map((fact) => `  ${fact}`)
    .join('');
}
