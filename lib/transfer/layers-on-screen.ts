import { shortDigest } from '../oci/digest.js';
import type { Activity, ItemState } from '../report/types.js';
import type { PlannedLayer } from './base/types.js';
import { LayerProgress } from './layer-progress.js';
import type { LayerOrder } from './packing/layer-order.js';
import type { ArchiveIndex } from './source/archive-index.js';
import type { OnProgress } from './target/receiver.js';

/** Shows the layers of an image, an item each. */
export class LayersOnScreen {
  readonly #layers: readonly PlannedLayer[];
  readonly #activity: Activity;

  constructor(layers: readonly PlannedLayer[], activity: Activity) {
    this.#layers = layers;
    this.#activity = activity;
  }

  /** Marks the layers from index `from` to before `to` as present on the target. */
  present(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#show(i, { state: 'cached', note: 'already there' });
  }

  /** Shows progress while `send` runs; if that fails, so do the orders that are not complete. */
  async during<T>(
    orders: readonly LayerOrder[],
    archive: ArchiveIndex,
    send: (onProgress: OnProgress) => Promise<T>,
  ): Promise<T> {
    const items = new Map(orders.map((order) => [order, this.#item(order)]));
    for (const item of items.values()) item.waiting();
    try {
      const result = await send((order, bytes) =>
        items.get(order)?.moved(bytes, archive.blob(order.diffId)?.size ?? 0),
      );
      for (const item of items.values()) item.done();
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const order of orders) order.fail(reason);
      for (const item of items.values()) item.failed();
      throw error;
    }
  }

  #item({ diffId }: LayerOrder): LayerProgress {
    const index = this.#layers.findIndex((layer) => layer.diffId === diffId);
    return new LayerProgress((state) => this.#show(index, state));
  }

  #show(index: number, state: Omit<ItemState, 'label'>): void {
    const layer = this.#layers[index];
    if (!layer) return;
    const label = `layer ${index + 1}/${this.#layers.length} ${shortDigest(layer.diffId)}`;
    this.#activity.item(`${index}`, { label, ...state });
  }
}
