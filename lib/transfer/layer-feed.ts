import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { Engine } from '../engine/types.js';
import { ArchiveIndex } from './archive-index.js';
import { DeltaFailed } from './delta/delta-failed.js';
import { LayerIndexes } from './delta/layer-indexes.js';
import { PlainLayer } from './delta/plain-layer.js';
import { readExcerpt } from './excerpt.js';
import { removeTemporaryImages } from './image-names.js';
import { LayerOrder } from './layer-order.js';
import type { Form } from './packer.js';
import { openSavedArchive, readSavedArchive, type SavedFile } from './saved-archive.js';
import { shareLayer } from './share-layer.js';
import { beginTransferId, endTransferId, isLeftover } from './temporary-names.js';
import type { Blob, ImageFacts, LayerBlob } from './types.js';

/** Layers up to this size are kept for hosts that want them out of the archive's order ... */
const SMALL_LAYER = 4 * 2 ** 20;
/** ... as long as they are not larger than this together. */
const SMALL_LAYERS = 24 * 2 ** 20;

/**
 * Reads an image from its engine and hands out its layers to the hosts that order them. An engine saves an image only
 * as a whole and in an order of its own, while a graph driver takes layers only base first: so the archive is read as
 * often as it takes until every order was met, and a layer is read once for all hosts that want it at that time.
 * Small layers are kept instead, within bounds. Where single files of the engine's store can be read
 * ({@link readExcerpt}), only those that are ordered are.
 */
export class LayerFeed {
  readonly archive: ArchiveIndex;
  readonly #orders = new Set<LayerOrder>();
  readonly #small = new Map<string, Buffer>();
  readonly #closing = new AbortController();
  readonly #preparing = new Set<Promise<unknown>>();
  #reading?: Promise<void>;
  /** The archive for the next pass, asked for in advance. */
  #ahead?: Promise<Readable>;
  #sizesWanted = false;
  #documentsAwaited = 0;
  /** For temporary images on the source. */
  readonly #id: string;

  constructor(
    private readonly source: Engine,
    private readonly reference: string,
    private readonly image: ImageFacts,
    archive = new ArchiveIndex(image),
    private readonly indexes = new LayerIndexes(),
  ) {
    this.archive = archive;
    this.#id = beginTransferId(reference);
  }

  /** Asks for a layer; it comes as soon as the reading gets to it and the orders `after` which it is wanted are met. */
  order(diffId: string, form: Form, after: readonly LayerOrder[] = []): LayerOrder {
    const order = new LayerOrder(diffId, form, after);
    this.#orders.add(order);
    if (this.#small.has(diffId)) this.#serveFromMemory(order);
    else this.#start();
    return order;
  }

  /**
   * Starts reading for somebody who will order when `settled` settles: layers wait until then, while the engine, which
   * takes seconds before the first of them comes, is at work.
   */
  prepare(settled: Promise<unknown>): void {
    this.#preparing.add(settled.catch(() => undefined));
    this.#start();
  }

  /** Reads until the image's config is known, and with `sizes` the size of every layer too. */
  async documents({ sizes }: { sizes: boolean }): Promise<void> {
    this.#sizesWanted ||= sizes;
    this.#documentsAwaited++;
    try {
      while (!this.#documentsKnown()) await (this.#reading ??= this.#read());
    } finally {
      this.#documentsAwaited--;
    }
  }

  /** Ends the reading; orders that are open fail. Nothing temporary is left on the source. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading?.catch(() => undefined);
    endTransferId(this.#id);
    if (!this.image.manifest) return;
    const { source, reference } = this;
    await removeTemporaryImages(source, (id) => isLeftover(id, reference)).catch(() => undefined);
  }

  #start(): void {
    // Its failure reaches every order, and whoever asks for documents.
    (this.#reading ??= this.#read()).catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      if (this.image.manifest) {
        await this.#learn(this.image.manifest);
        while (this.#orders.size > 0) await this.#pass();
      } else {
        do await this.#pass();
        while (this.#orders.size > 0);
      }
    } catch (error) {
      for (const order of this.#orders) order.fail(error as Error);
      this.#orders.clear();
      throw error;
    } finally {
      this.#ahead?.then((saved) => saved.destroy()).catch(() => undefined);
      this.#ahead = undefined;
      this.#reading = undefined;
    }
  }

  /** Reads the image's documents alone. */
  async #learn(manifest: Blob): Promise<void> {
    if (this.archive.config) return;
    await this.#learnFrom(manifest);
    const config = this.archive.configOf(manifest);
    if (config) await this.#learnFrom(config);
    if (!this.#documentsKnown()) {
      throw new Error(`The engine does not hand out the config of ${this.reference}.`);
    }
  }

  async #learnFrom(document: Blob): Promise<void> {
    for await (const file of this.#excerpt([document])) await this.archive.learn(file);
  }

  /** Reads the archive once, or as much of it as is of use. */
  async #pass(): Promise<void> {
    const waiting = [...this.#orders].filter((order) => order.isOpen);
    const seen = new Set<string>();
    for await (const file of this.#files()) {
      seen.add(file.name);
      const layer = this.archive.layerIn(file);
      if (layer) await this.#handOut(file, layer);
      else await this.archive.learn(file);
      this.#forgetFailed();
      if (this.#isOfNoMoreUse(seen)) return;
      // The engine can already be at work for the next pass, where one is needed.
      if (!this.image.manifest && this.#hasPassed(seen)) this.#ahead ??= this.#open();
    }
    for (const order of waiting) {
      if (this.#orders.has(order) && ++order.missed > 1) {
        throw new Error(`The archive of ${this.reference} lacks the layer ${order.diffId}.`);
      }
    }
    if (!this.#documentsKnown())
      throw new Error(`The archive of ${this.reference} lacks the image's config.`);
  }

  /** What one pass reads: what is ordered, where that can be had alone. */
  async *#files(): AsyncGenerator<SavedFile> {
    if (this.image.manifest) {
      const orders = [...this.#orders];
      const open = orders.filter((order) => order.isOpen);
      const wanted = new Set((open.length > 0 ? open : orders).map((order) => order.diffId));
      yield* this.#excerpt([...wanted].map((diffId) => this.archive.blob(diffId)!));
    } else {
      const saved = await (this.#ahead ?? this.#open());
      this.#ahead = undefined;
      yield* readSavedArchive(saved);
    }
  }

  #excerpt(blobs: readonly Blob[]): AsyncGenerator<SavedFile> {
    return readExcerpt(this.source, blobs, this.#id, this.#closing.signal);
  }

  #open(): Promise<Readable> {
    const saved = openSavedArchive(this.source, this.image, this.reference, this.#closing.signal);
    saved.catch(() => undefined); // Told to whoever reads it.
    return saved;
  }

  async #handOut(file: SavedFile, layer: LayerBlob): Promise<void> {
    await this.#prepared();
    const wanted = [...this.#orders].filter((order) => order.diffId === layer.diffId);
    const open = wanted.filter((order) => order.isOpen);
    if (open.length > 0) {
      for (const order of open) this.#orders.delete(order);
      await this.#share(layer, file.content, open, () => this.#someoneWaits());
    } else if (file.size <= SMALL_LAYER && this.#smallBytes() + file.size <= SMALL_LAYERS) {
      this.#small.set(layer.diffId, await buffer(file.content));
      for (const order of wanted) this.#serveFromMemory(order);
    }
  }

  /** Settles when everybody who is about to order has done so. */
  async #prepared(): Promise<void> {
    if (this.#preparing.size === 0) return;
    await Promise.all(this.#preparing);
    this.#preparing.clear();
    await new Promise(setImmediate);
  }

  #forgetFailed(): void {
    for (const order of this.#orders) if (order.failed) this.#orders.delete(order);
  }

  #serveFromMemory(order: LayerOrder): void {
    this.#orders.delete(order);
    // Memory does not fail, and a host that does has its own error.
    void this.#share(this.archive.blob(order.diffId)!, [this.#small.get(order.diffId)!], [order]);
  }

  /** What is in a layer that goes over a wire is remembered: the next version of it may be much the same. */
  async #share(
    layer: LayerBlob,
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
    orders: readonly LayerOrder[],
    othersWait?: () => boolean,
  ): Promise<void> {
    const deltas = orders.filter(({ form }) => typeof form === 'object');
    if (!PlainLayer.canRead(layer)) {
      for (const order of deltas)
        order.fail(new DeltaFailed(`layers of ${layer.mediaType} are not taken apart`));
    }
    const wanted = deltas.length > 0;
    const remembered = !wanted && (await this.indexes.known([layer.diffId])).size > 0;
    const remote = orders.some(({ form }) => form !== 'none');
    const plain = remote && !remembered && PlainLayer.canRead(layer) ? new PlainLayer(layer) : undefined;
    await shareLayer(layer, content, orders, plain, othersWait);
    if (plain?.index) await this.indexes.put(layer.diffId, plain.index);
  }

  #someoneWaits(): boolean {
    return this.#documentsAwaited > 0 || [...this.#orders].some((order) => order.isOpen && !order.failed);
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

  /** Whether everything that is asked for has gone by, some of it perhaps too early. */
  #isOfNoMoreUse(seen: ReadonlySet<string>): boolean {
    const orders = [...this.#orders];
    return this.#documentsKnown() && orders.every((order) => this.archive.isAmong(seen, order.diffId));
  }

  /** Whether a layer that is asked for has gone by too early. */
  #hasPassed(seen: ReadonlySet<string>): boolean {
    return [...this.#orders].some((order) => this.archive.isAmong(seen, order.diffId));
  }
}
