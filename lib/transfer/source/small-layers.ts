import { buffer } from 'node:stream/consumers';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { DiffId } from '../../oci/digest.js';

/** Layers up to this size are kept for hosts that want them out of the archive's order ... */
const LARGEST = 4 * 2 ** 20;
/** ... as long as they are not larger than this together. */
export const MOST_KEPT = 24 * 2 ** 20;

/** Small layers that went by before they were ordered. */
export class SmallLayers {
  readonly #layers = new Map<DiffId, Buffer>();
  #bytes = 0;

  get(diffId: DiffId): Buffer | undefined {
    return this.#layers.get(diffId);
  }

  /** Keeps a layer if there is room for it. */
  async keep(diffId: DiffId, { size, content }: SavedFile): Promise<boolean> {
    if (size > LARGEST || this.#bytes + size > MOST_KEPT) return false;
    const kept = this.#layers.get(diffId)?.length ?? 0;
    this.#layers.set(diffId, await buffer(content));
    this.#bytes += size - kept;
    return true;
  }
}
