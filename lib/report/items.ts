import { formatBytes, formatDuration } from './format.js';
import type { Palette } from './palette.js';
import { printable } from './text.js';
import type { ItemState } from './types.js';

export interface TimedItem extends ItemState {
  /** Milliseconds since the epoch. */
  start: number;
  /** True in the one update that ended it. */
  justEnded: boolean;
}

/** The items of an activity, in the order in which they began. */
export class Items {
  readonly #items = new Map<string, TimedItem>();

  update(id: string, state: ItemState): TimedItem {
    const before = this.#items.get(id);
    const item: TimedItem = {
      ...state,
      label: printable(state.label),
      start: before?.start ?? Date.now(),
      justEnded: state.state !== 'running' && (before === undefined || before.state === 'running'),
    };
    this.#items.set(id, item);
    return item;
  }

  running(): TimedItem[] {
    return [...this.#items.values()].filter((item) => item.state === 'running');
  }
}

/** The line that stays of an item that has ended. */
export function itemLine(item: TimedItem, palette: Palette): string {
  const { green, red, dim, signs } = palette;
  const sign = item.state === 'failed' ? red(signs.failed) : green(signs.done);
  const size = item.total ?? item.completed;
  const facts = [
    item.state === 'cached' ? 'CACHED' : '',
    item.note ?? '',
    size === undefined ? '' : formatBytes(size),
    item.elapsed === undefined ? '' : formatDuration(item.elapsed),
  ].filter((fact) => fact !== '');
  return `${sign} ${item.label}${facts.length > 0 ? `  ${dim(facts.join('  '))}` : ''}`;
}
