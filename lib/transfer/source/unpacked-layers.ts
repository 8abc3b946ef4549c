import { type LayerBlob, plainLayer } from '../../oci/blob.js';
import type { DiffId } from '../../oci/digest.js';
import type { LayerOrder } from '../packing/layer-order.js';
import { isZstd, unzstd } from '../packing/unzstd.js';

type Content = AsyncIterable<Buffer> | Iterable<Buffer>;

/** Whether a layer has to be unpacked for the host that ordered it. */
export function isUnpackedFor(layer: LayerBlob, { form }: LayerOrder): boolean {
  return form.zstd === 'unpacked' && isZstd(layer);
}

/**
 * Layers that are kept as zstd, for engines that cannot read that. Only their end tells how long they are, and the
 * archive of a load has that at the beginning: so they are read twice, and none of it is kept meanwhile.
 */
export class UnpackedLayers {
  readonly #sizes = new Map<DiffId, number>();

  /** The unpacked layer; undefined until its size is known. */
  layer(diffId: DiffId): LayerBlob | undefined {
    const size = this.#sizes.get(diffId);
    return size === undefined ? undefined : plainLayer(diffId, size);
  }

  /** Reads a layer for its size. */
  async measure({ diffId }: LayerBlob, packed: Content): Promise<void> {
    let size = 0;
    for await (const { length } of unzstd(packed)) size += length;
    this.#sizes.set(diffId, size);
  }
}
