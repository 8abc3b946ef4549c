import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import { openSavedArchive, readSavedArchive, type SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';
import type { LayerBlob } from '../../oci/blob.js';
import { DeltaFailed, NotAssembled } from '../base/failures.js';
import { removeLeftovers } from '../base/leftovers.js';
import { beginTransferId, endTransferId, isLeftover } from '../base/temporary-names.js';
import { LayerIndexes } from '../contents/layer-indexes.js';
import { type LayerContent, PlainLayer } from '../contents/plain-layer.js';
import { type Form, sparedByAll } from '../packing/form.js';
import { LayerOrder } from '../packing/layer-order.js';
import { ArchiveIndex } from './archive-index.js';
import { shareLayer } from './fan-out.js';
import type { LayerReader } from './layer-reader.js';
import { openLayerReader } from './open-layer-reader.js';

/** Layers up to this size are kept for hosts that want them out of the archive's order ... */
const SMALL_LAYER = 4 * 2 ** 20;
/** ... as long as they are not larger than this together. */
const SMALL_LAYERS = 24 * 2 ** 20;

export interface FeedOptions {
  /** What is known of the image's files from an earlier reading. */
  archive?: ArchiveIndex;
  /** Where it is noted what is in layers. */
  indexes?: LayerIndexes;
  /** Whether layers are read alone where that is possible; true unless given. */
  alone?: boolean;
}

/**
 * Reads an image from its engine and hands out its layers to the hosts that order them. An engine saves an image only
 * as a whole and in an order of its own, while a graph driver takes layers only base first: so the archive is read as
 * often as it takes until every order was met, and a layer is read once for all hosts that want it at that time.
 * Small layers are kept instead, within bounds. Where single layers can be read ({@link LayerReader}), only those that
 * are ordered are; should that fail, the whole image is read from then on.
 */
export class LayerFeed {
  readonly #source: Engine;
  readonly #reference: string;
  readonly #image: ImageFacts;
  readonly archive: ArchiveIndex;
  readonly #orders = new Set<LayerOrder>();
  readonly #small = new Map<string, Buffer>();
  readonly #closing = new AbortController();
  readonly #preparing = new Set<Promise<unknown>>();
  #reading?: Promise<void>;
  /** Reads single layers; opened by the first reading. */
  #reader?: Promise<LayerReader | undefined>;
  #onlyWhole: boolean;
  readonly #indexes: LayerIndexes;
  /** The archive for the next pass, asked for in advance. */
  #ahead?: Promise<Readable>;
  #sizesWanted = false;
  #documentsAwaited = 0;
  /** For temporary images on the source. */
  readonly #id: string;

  constructor(
    source: Engine,
    reference: string,
    image: ImageFacts,
    { archive = new ArchiveIndex(image), indexes = new LayerIndexes(), alone = true }: FeedOptions = {},
  ) {
    this.#source = source;
    this.#reference = reference;
    this.#image = image;
    this.archive = archive;
    this.#indexes = indexes;
    this.#onlyWhole = !alone;
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
   * may take seconds before the first of them comes, is at work.
   *
   * @param wanted whether the sizes of all layers will be, in the end
   */
  prepare(settled: Promise<unknown>, wanted: { sizes: boolean }): void {
    this.#sizesWanted ||= wanted.sizes;
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
    const source = this.#source;
    const reference = this.#reference;
    const image = this.#image;
    await this.#reader?.then((reader) => reader?.close()).catch(() => undefined);
    endTransferId(this.#id);
    if (!image.manifest && !image.folders) return;
    await removeLeftovers(source, (id) => isLeftover(id, reference)).catch(() => undefined);
  }

  #start(): void {
    // Its failure reaches every order, and whoever asks for documents.
    (this.#reading ??= this.#read()).catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      const reader = await this.#openReader();
      if (reader) await this.#readSingle(reader);
      else await this.#readWhole();
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

  async #openReader(): Promise<LayerReader | undefined> {
    if (this.#onlyWhole) return undefined;
    const source = this.#source;
    const image = this.#image;
    const archive = this.archive;
    const reader = (this.#reader ??= openLayerReader(source, image, archive, this.#id, this.#closing.signal));
    reader.catch(() => (this.#reader = undefined));
    return reader;
  }

  /** Reads the image's documents, and then the layers that are ordered, alone. */
  async #readSingle(reader: LayerReader): Promise<void> {
    try {
      await reader.learn({ sizes: this.#sizesWanted });
      if (!this.archive.config) {
        throw new Error(`The engine does not hand out the config of ${this.#reference}.`);
      }
      while (this.#orders.size > 0) {
        const open = new Set([...this.#orders].filter((order) => order.isOpen).map(({ diffId }) => diffId));
        // One that waits for another that has failed will be given up by its host.
        if (open.size === 0) await sleep(10);
        for (const diffId of open) if (await this.#readChanged(reader, diffId)) open.delete(diffId);
        if (open.size > 0) await this.#pass(reader.layers([...open]));
        this.#forgetFailed();
      }
    } catch (error) {
      if (!(error instanceof NotAssembled)) throw error;
      // An order that has got a part of its layer has failed; the others need not know.
      this.#onlyWhole = true;
      await this.#readWhole();
    }
  }

  /** Of a layer that goes to everybody as a delta, reads only what is not known, where that is little. */
  async #readChanged(reader: LayerReader, diffId: string): Promise<boolean> {
    await this.#prepared();
    const orders = [...this.#orders].filter((order) => order.diffId === diffId && order.isOpen);
    const find = sparedByAll(orders.map(({ form }) => form));
    const content = find && (await reader.changed?.(diffId, find));
    if (!content) return false;
    for (const order of orders) this.#orders.delete(order);
    await this.#share(this.archive.blob(diffId)!, content, orders, () => this.#someoneWaits());
    return true;
  }

  async #readWhole(): Promise<void> {
    do {
      await this.#pass(this.#saved());
      if (!this.#documentsKnown())
        throw new Error(`The archive of ${this.#reference} lacks the image's config.`);
    } while (this.#orders.size > 0);
  }

  /** Reads the files of an archive, or as many of them as are of use. */
  async #pass(files: AsyncIterable<SavedFile>): Promise<void> {
    const waiting = [...this.#orders].filter((order) => order.isOpen);
    const seen = new Set<string>();
    for await (const file of files) {
      seen.add(file.name);
      const layer = this.archive.layerIn(file);
      if (layer) await this.#handOut(file, layer);
      else await this.archive.learn(file);
      this.#forgetFailed();
      if (this.#isOfNoMoreUse(seen)) return;
    }
    for (const order of waiting) {
      if (this.#orders.has(order) && ++order.missed > 1) {
        throw new Error(`The archive of ${this.#reference} lacks the layer ${order.diffId}.`);
      }
    }
  }

  /** The whole image. */
  async *#saved(): AsyncGenerator<SavedFile> {
    const saved = await (this.#ahead ?? this.#open());
    this.#ahead = undefined;
    const seen = new Set<string>();
    for await (const file of readSavedArchive(saved)) {
      yield file;
      seen.add(file.name);
      // The engine can already be at work for the next pass, where one is needed.
      if (this.#hasPassed(seen)) this.#ahead ??= this.#open();
    }
  }

  #open(): Promise<Readable> {
    const saved = openSavedArchive(this.#source, this.#image, this.#reference, this.#closing.signal);
    saved.catch(() => undefined); // Reported to the caller that awaits it.
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
    content: LayerContent,
    orders: readonly LayerOrder[],
    othersWait?: () => boolean,
  ): Promise<void> {
    const needing = orders.filter(({ form }) => form.contents === 'needed');
    if (!PlainLayer.canRead(layer)) {
      for (const order of needing)
        order.fail(new DeltaFailed(`layers of ${layer.mediaType} are not taken apart`));
    }
    const worthwhile = orders.some(({ form }) => form.contents === 'remembered');
    const wanted = needing.length > 0 || (worthwhile && !(await this.#indexes.known([layer.diffId])).size);
    const plain = wanted && PlainLayer.canRead(layer) ? new PlainLayer(layer) : undefined;
    await shareLayer(layer, content, orders, plain, othersWait);
    if (plain?.index) await this.#indexes.put(layer.diffId, plain.index);
  }

  #someoneWaits(): boolean {
    return this.#documentsAwaited > 0 || [...this.#orders].some((order) => order.isOpen && !order.failed);
  }

  #smallBytes(): number {
    return [...this.#small.values()].reduce((sum, content) => sum + content.length, 0);
  }

  #documentsKnown(): boolean {
    const archive = this.archive;
    const image = this.#image;
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
