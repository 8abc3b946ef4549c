import { isPlain, type LayerBlob, plainLayer } from '../oci/blob.js';
import type { DiffId } from '../oci/digest.js';
import type { TransferPlan } from './base/types.js';
import type { LayerOrder } from './packing/layer-order.js';
import type { ArchiveIndex } from './source/archive-index.js';
import type { Receiver } from './target/receiver.js';

/**
 * Which blob (plain or gzip) the target keeps for each layer, where it is not the source's. Any will do if we write the
 * manifest; the source's own manifest is given up only for layers that were rebuilt there.
 */
export class TargetBlobs {
  readonly #plan: TransferPlan;
  readonly #blobs = new Map<DiffId, LayerBlob>();
  #learned = false;

  constructor(plan: TransferPlan) {
    this.#plan = plan;
  }

  /** Asks the target once; later tries know what was sent since, without asking again. */
  async learn(receiver: Receiver, archive: ArchiveIndex): Promise<void> {
    if (this.#learned) return;
    const { store } = await this.#plan.source.facts();
    for (const [diffId, blob] of await receiver.formsOf(this.#plan.related)) {
      const usable = store !== 'containerd' || isPlain(blob);
      if (usable && !this.#blobs.has(diffId)) this.#note(blob, archive);
    }
    this.#learned = true;
  }

  /** Records the layers of finished orders as present on the target. */
  note(orders: readonly LayerOrder[], archive: ArchiveIndex): void {
    for (const { sent } of orders) if (sent) this.#note(sent, archive);
  }

  /** Forgets the target's file of a layer that will be sent in the source's form. */
  forget(diffId: DiffId): void {
    this.#blobs.delete(diffId);
  }

  /** All of the image's layers, as the target has them or will. */
  all(archive: ArchiveIndex): LayerBlob[] {
    return this.#plan.layers.map(
      ({ diffId }) => this.#blobs.get(diffId) ?? archive.blob(diffId) ?? plainLayer(diffId, 0),
    );
  }

  #note(blob: LayerBlob, archive: ArchiveIndex): void {
    if (blob.digest !== archive.blob(blob.diffId)?.digest) this.#blobs.set(blob.diffId, blob);
  }
}
