import { formatBytes } from '../report/format.js';
import type { ItemState } from '../report/types.js';

/** Below this many bytes no rate is shown: most of the time went into waiting, not sending. */
const TELLING = 1_000_000;

/** What the screen shows of one layer on its way. */
export class LayerProgress {
  readonly #show: (state: Omit<ItemState, 'label'>) => void;
  #started?: number;
  #completed = 0;
  #total?: number;

  constructor(show: (state: Omit<ItemState, 'label'>) => void) {
    this.#show = show;
  }

  waiting(): void {
    this.#show({ state: 'running', note: 'waiting for the source' });
  }

  /** @param bytes further ones of the layer's file, of `total` in all */
  moved(bytes: number, total: number): void {
    this.#started ??= performance.now();
    this.#total = total;
    // The first and last portions hold the file's header and padding too.
    this.#completed = Math.min(total, this.#completed + bytes);
    this.#show({ state: 'running', completed: this.#completed, total });
  }

  done(): void {
    const note = this.#completed < TELLING ? undefined : this.#rate();
    this.#show({ state: 'done', total: this.#total, note, elapsed: this.#elapsed() });
  }

  failed(): void {
    this.#show({ state: 'failed', completed: this.#completed, total: this.#total });
  }

  #rate(): string {
    return `${formatBytes((this.#completed / Math.max(1, this.#elapsed())) * 1000)}/s`;
  }

  #elapsed(): number {
    return performance.now() - (this.#started ?? performance.now());
  }
}
