import { buffer } from 'node:stream/consumers';

import type { Engine } from '../engine/types.js';
import { ArchiveIndex } from './archive-index.js';
import type { Codec } from './compression.js';
import { LayerOrder } from './layer-order.js';
import { readSavedArchive, type SavedFile } from './saved-archive.js';
import { shareLayer } from './share-layer.js';
import type { ImageFacts, LayerBlob } from './types.js';

/** Layers up to this size are kept for hosts that want them out of the archive's order ... */
const SMALL_LAYER = 4 * 2 ** 20;
/** ... as long as they are not larger than this together. */
const SMALL_LAYERS = 24 * 2 ** 20;

/**
 * Reads an image from its engine and hands out its layers to the hosts that order them. An engine saves an image only
 * as a whole and in an order of its own, while a graph driver takes layers only base first: so the archive is read as
 * often as it takes until every order was met, and a layer is read once for all hosts that want it at that time.
 * Small layers are kept instead, within bounds.
 */
export class LayerFeed {
  readonly archive: ArchiveIndex;
  readonly #orders = new Set<LayerOrder>();
  readonly #small = new Map<string, Buffer>();
  readonly #closing = new AbortController();
  #reading?: Promise<void>;
  #sizesWanted = false;

  constructor(
    private readonly source: Engine,
    private readonly reference: string,
    private readonly image: ImageFacts,
    archive = new ArchiveIndex(image),
  ) {
    this.archive = archive;
  }

  /** Asks for a layer; it comes as soon as the reading gets to it and the orders `after` which it is wanted are met. */
  order(diffId: string, codec: Codec, after: readonly LayerOrder[] = []): LayerOrder {
    const order = new LayerOrder(diffId, codec, after);
    this.#orders.add(order);
    if (this.#small.has(diffId)) this.#serveFromMemory(order);
    // Its failure reaches every order.
    else (this.#reading ??= this.#read()).catch(() => undefined);
    return order;
  }

  /** Reads until the image's config is known, and with `sizes` the size of every layer too. */
  async documents({ sizes }: { sizes: boolean }): Promise<void> {
    this.#sizesWanted ||= sizes;
    while (!this.#documentsKnown()) await (this.#reading ??= this.#read());
  }

  /** Ends the reading; orders that are open fail. */
  close(): void {
    this.#closing.abort();
  }

  async #read(): Promise<void> {
    try {
      // Let everybody who is about to order do so.
      await new Promise(setImmediate);
      do await this.#pass();
      while (this.#orders.size > 0);
    } catch (error) {
      for (const order of this.#orders) order.fail(error as Error);
      this.#orders.clear();
      throw error;
    } finally {
      this.#reading = undefined;
    }
  }

  /** Reads the archive once, or as much of it as is of use. */
  async #pass(): Promise<void> {
    const { signal } = this.#closing;
    const waiting = [...this.#orders];
    const seen = new Set<string>();
    for await (const file of readSavedArchive(this.source, this.image, this.reference, signal)) {
      seen.add(file.name);
      const layer = this.archive.layerIn(file);
      if (layer) await this.#handOut(file, layer);
      else await this.archive.learn(file);
      if (this.#isOfNoMoreUse(seen)) return;
    }
    for (const order of waiting) {
      if (this.#orders.has(order) && ++order.missed > 1) {
        throw new Error(`The archive of ${this.reference} lacks the layer ${order.diffId}.`);
      }
    }
    if (!this.#documentsKnown())
      throw new Error(`The archive of ${this.reference} lacks the image's config.`);
  }

  async #handOut(file: SavedFile, layer: LayerBlob): Promise<void> {
    const wanted = [...this.#orders].filter((order) => order.diffId === layer.diffId);
    const open = wanted.filter((order) => order.isOpen);
    if (open.length > 0) {
      for (const order of open) this.#orders.delete(order);
      await shareLayer(layer, file.content, open);
    } else if (file.size <= SMALL_LAYER && this.#smallBytes() + file.size <= SMALL_LAYERS) {
      this.#small.set(layer.diffId, await buffer(file.content));
      for (const order of wanted) this.#serveFromMemory(order);
    }
  }

  #serveFromMemory(order: LayerOrder): void {
    this.#orders.delete(order);
    // Memory does not fail, and a host that does has its own error.
    void shareLayer(this.archive.blob(order.diffId)!, [this.#small.get(order.diffId)!], [order]);
  }

  #smallBytes(): number {
    return [...this.#small.values()].reduce((sum, content) => sum + content.length, 0);
  }

  #documentsKnown(): boolean {
    const { archive, image } = this;
    return (
      archive.config !== undefined && (!this.#sizesWanted || image.diffIds.every((id) => archive.blob(id)))
    );
  }

  /** Whether everything that is asked for has gone by (some of it perhaps too early, for another pass). */
  #isOfNoMoreUse(seen: ReadonlySet<string>): boolean {
    return (
      this.#documentsKnown() && [...this.#orders].every((order) => this.archive.isAmong(seen, order.diffId))
    );
  }
}
