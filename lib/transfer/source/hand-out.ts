import { createHash } from 'node:crypto';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { LayerBlob } from '../../oci/blob.js';
import { shortDigest } from '../../oci/digest.js';
import type { LayerIndexes } from '../contents/layer-indexes.js';
import type { LayerOrder } from '../packing/layer-order.js';
import { Pace } from '../packing/pace.js';
import { unzstd } from '../packing/unzstd.js';
import type { ArchiveIndex } from './archive-index.js';
import type { OrderBook } from './order-book.js';
import { shareLayer } from './share-layer.js';
import { SmallLayers } from './small-layers.js';
import { isUnpackedFor, UnpackedLayers } from './unpacked-layers.js';

/**
 * Writes the layers that come from a source into the orders for them; small layers are kept for orders that come
 * later.
 */
export class HandOut {
  /** Whether layers are checked against their digests: set once a target has rejected a layer as broken. */
  verifies = false;
  readonly #small = new SmallLayers();
  readonly #unpacked = new UnpackedLayers();
  readonly #orders: OrderBook;
  readonly #archive: ArchiveIndex;
  readonly #indexes: LayerIndexes;
  readonly #othersWait: () => boolean;
  readonly #pace = new Pace();

  /**
   * @param indexes where it is noted what is in layers
   * @param othersWait whether hosts wait for something behind the layer that is handed out
   */
  constructor(orders: OrderBook, archive: ArchiveIndex, indexes: LayerIndexes, othersWait: () => boolean) {
    this.#orders = orders;
    this.#archive = archive;
    this.#indexes = indexes;
    this.#othersWait = othersWait;
  }

  /** A layer that comes as a file. */
  async layer(file: SavedFile, layer: LayerBlob): Promise<void> {
    await this.#orders.complete(layer.diffId);
    const wanted = this.#orders.of(layer.diffId);
    const open = wanted.filter((order) => order.isOpen);
    const asItIs = open.filter((order) => !isUnpackedFor(layer, order));
    if (asItIs.length > 0) {
      for (const order of open) order.missed = 0;
      await this.share(layer, this.verifies ? verified(layer, file.content) : file.content, asItIs);
    } else if (open.length > 0) {
      await this.#layerUnpacked(file, layer, open);
    } else if (await this.#small.keep(layer.diffId, file)) {
      for (const order of wanted) this.fromMemory(order);
    }
  }

  /** @param content if all orders are deltas, content that is already known may be left out */
  async share(
    layer: LayerBlob,
    content: Parameters<typeof shareLayer>[1],
    orders: readonly LayerOrder[],
  ): Promise<void> {
    this.#orders.remove(orders);
    await shareLayer(layer, content, orders, {
      indexes: this.#indexes,
      othersWait: this.#othersWait,
      pace: this.#pace,
    });
  }

  /** Fulfils an order with a layer kept in memory; returns whether it could. */
  fromMemory(order: LayerOrder): boolean {
    const [content, layer] = [this.#small.get(order.diffId), this.#archive.blob(order.diffId)];
    // zstd layers are read from the source again, because unpacking can fail.
    if (!content || !layer || isUnpackedFor(layer, order)) return false;
    this.#orders.remove([order]);
    // Not awaited: reading from memory does not fail, and a failure of the host is reported by its order.
    void shareLayer(layer, [content], [order], { indexes: this.#indexes });
    return true;
  }

  /** Reads the layer once to learn its unpacked size, and hands it out when it comes again. */
  async #layerUnpacked(
    { content }: SavedFile,
    layer: LayerBlob,
    orders: readonly LayerOrder[],
  ): Promise<void> {
    const plain = this.#unpacked.layer(layer.diffId);
    if (plain) {
      const unpacked = unzstd(content);
      return this.share(plain, this.verifies ? verified(plain, unpacked) : unpacked, orders);
    }
    await this.#unpacked.measure(layer, content);
    for (const order of orders) order.missed = 0;
  }
}

/** Passes the bytes on; throws at the end if their digest is not the layer's. */
async function* verified({ digest }: LayerBlob, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const bytes of content) {
    hash.update(bytes);
    yield bytes;
  }
  if (digest !== `sha256:${hash.digest('hex')}`)
    throw new Error(`what it gives for the layer ${shortDigest(digest)} has another digest`);
}
