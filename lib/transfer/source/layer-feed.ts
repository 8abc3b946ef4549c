import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';
import type { DiffId } from '../../oci/digest.js';
import { NotAssembled, sourceFailure } from '../base/failures.js';
import { removeLeftovers } from '../base/leftovers.js';
import { beginTransferId, endTransferId, isLeftover } from '../base/temporary-names.js';
import { LayerIndexes } from '../contents/layer-indexes.js';
import { type Form, sparedByAll } from '../packing/form.js';
import { LayerOrder } from '../packing/layer-order.js';
import { ArchiveIndex } from './archive-index.js';
import { ArchivePasses } from './archive-passes.js';
import { AwaitedDocuments, type Documents } from './awaited-documents.js';
import { HandOut } from './hand-out.js';
import type { LayerReader } from './layer-reader.js';
import { openLayerReader } from './open-layer-reader.js';
import { OrderBook } from './order-book.js';

export interface FeedOptions {
  /** Index of the image's archive from an earlier feed of the same image. */
  archive?: ArchiveIndex;
  /** Where the contents of layers that are read get recorded. */
  indexes?: LayerIndexes;
  /** Whether layers are read alone where that is possible; true unless given. */
  alone?: boolean;
  /** Whether several hosts read from it, so that none may hold it up; true unless given. */
  shared?: boolean;
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
  readonly #orders = new OrderBook();
  readonly #handOut: HandOut;
  readonly #closing = new AbortController();
  #reading?: Promise<void>;
  /** Reads single layers; opened by the first reading. */
  #reader?: Promise<LayerReader | undefined>;
  #onlyWhole: boolean;
  readonly #passes: ArchivePasses;
  readonly #documents: AwaitedDocuments;
  /** For temporary images on the source. */
  readonly #id: string;

  constructor(
    source: Engine,
    reference: string,
    image: ImageFacts,
    {
      archive = new ArchiveIndex(image),
      indexes = new LayerIndexes(),
      alone = true,
      shared = true,
    }: FeedOptions = {},
  ) {
    this.#source = source;
    this.#reference = reference;
    this.#image = image;
    this.archive = archive;
    const othersWait = () =>
      shared && (this.#documents.awaited || this.#orders.open.some((order) => !order.failed));
    this.#handOut = new HandOut(this.#orders, archive, indexes, othersWait);
    this.#onlyWhole = !alone;
    this.#documents = new AwaitedDocuments(image, archive);
    this.#passes = new ArchivePasses(source, image, reference, this.#closing.signal);
    this.#id = beginTransferId(reference);
  }

  /** Orders a layer. It is written when the reading reaches it and the orders in `after` are fulfilled. */
  order(diffId: DiffId, form: Form, after: readonly LayerOrder[] = []): LayerOrder {
    const order = new LayerOrder(diffId, form, after);
    this.take(order);
    return order;
  }

  /** Takes up an order, which may have been met in part elsewhere. */
  take(order: LayerOrder): void {
    this.#orders.add(order);
    if (!this.#handOut.fromMemory(order)) this.#start();
  }

  /** Gives up an order that another feed takes over; returns whether it was still open here. */
  release(order: LayerOrder): boolean {
    const has = this.#orders.has(order) && !order.failed;
    this.#orders.remove([order]);
    return has;
  }

  /** From now on, layers are checked against their digests. */
  verify(): void {
    this.#handOut.verifies = true;
  }

  /**
   * Starts reading for a host that will order layers once `settled` settles. No layer is passed over until then,
   * while the engine prepares the archive, which may take seconds.
   *
   * @param wanted whether the sizes of all layers will be wanted as well
   */
  prepare(settled: Promise<unknown>, wanted: { sizes: boolean }): void {
    this.#documents.want(wanted);
    this.#orders.expect(settled);
    this.#start();
  }

  /** Tells of a layer that a host will order by the time that `settled` settles. */
  announce(diffId: DiffId, settled: Promise<unknown>): void {
    this.#orders.announce(diffId, settled);
  }

  /** Reads until the image's documents are known, and with `sizes` the size of every layer too. */
  documents(wanted: { sizes: boolean }): Promise<Documents> {
    return this.#documents.readUntilKnown(wanted, () => (this.#reading ??= this.#read()));
  }

  /** Ends the reading; orders that are open fail. Nothing temporary is left on the source. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading?.catch(() => undefined);
    await this.#reader?.then((reader) => reader?.close()).catch(() => undefined);
    endTransferId(this.#id);
    if (!this.#image.manifest && !this.#image.folders) return;
    await removeLeftovers(this.#source, (id) => isLeftover(id, this.#reference)).catch(() => undefined);
  }

  #start(): void {
    // The failure is reported by every order and to everybody who waits for documents.
    (this.#reading ??= this.#read()).catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      const reader = await this.#openReader();
      if (reader) await this.#readSingle(reader);
      else await this.#readWhole();
    } catch (error) {
      const failure = sourceFailure(error);
      this.#orders.fail(failure);
      throw failure;
    } finally {
      this.#passes.end();
      this.#reading = undefined;
    }
  }

  async #openReader(): Promise<LayerReader | undefined> {
    if (this.#onlyWhole) return undefined;
    const reader = (this.#reader ??= openLayerReader({
      engine: this.#source,
      image: this.#image,
      archive: this.archive,
      id: this.#id,
      signal: this.#closing.signal,
    }));
    reader.catch(() => (this.#reader = undefined));
    return reader;
  }

  /** Reads the image's documents, and then only the layers that are ordered. */
  async #readSingle(reader: LayerReader): Promise<void> {
    try {
      await reader.learn({ sizes: this.#documents.sizesWanted });
      if (!this.archive.config) throw new Error("it lacks the image's config");
      while (!this.#orders.isEmpty) {
        const open = new Set(this.#orders.open.map(({ diffId }) => diffId));
        for (const diffId of open) if (await this.#readChanged(reader, diffId)) open.delete(diffId);
        if (open.size > 0) await this.#pass(reader.layers([...open]));
        this.#orders.forgetFailed();
        await this.#orders.someOpen(this.#closing.signal);
      }
    } catch (error) {
      if (!(error instanceof NotAssembled)) throw error;
      // Partly written orders have failed; serve the rest from the whole archive.
      this.#onlyWhole = true;
      await this.#readWhole();
    }
  }

  /**
   * Reads only the unknown files of a layer, if every host gets it as a delta and few files are unknown; returns
   * whether it did.
   */
  async #readChanged(reader: LayerReader, diffId: DiffId): Promise<boolean> {
    await this.#orders.complete();
    const orders = this.#orders.of(diffId).filter((order) => order.isOpen);
    const find = sparedByAll(orders.map(({ form }) => form));
    const content = find && (await reader.changed?.(diffId, find));
    const layer = this.archive.blob(diffId);
    if (!content || !layer) return false;
    await this.#handOut.share(layer, content, orders);
    return true;
  }

  async #readWhole(): Promise<void> {
    do {
      await this.#pass(this.#passes.next((seen) => this.#hasPassed(seen)));
      if (!this.#documents.known) throw new Error("its archive lacks the image's config");
    } while (!this.#orders.isEmpty);
  }

  /** Reads the files of an archive, or as many of them as are of use. */
  async #pass(files: AsyncIterable<SavedFile>): Promise<void> {
    const waiting = this.#orders.open;
    const seen = new Set<string>();
    for await (const file of files) {
      seen.add(file.name);
      this.archive.note(file);
      const layer = this.archive.layerIn(file);
      if (layer) await this.#handOut.layer(file, layer);
      else await this.archive.learn(file);
      this.#orders.forgetFailed();
      if (this.#isOfNoMoreUse(seen)) break;
    }
    // Neither in what has passed nor in what was passed over, as a file of another length than its manifest says.
    for (const order of waiting) {
      if (this.#orders.has(order) && ++order.missed > 1) {
        throw new Error(`its archive lacks the layer ${order.diffId}`);
      }
    }
  }

  /**
   * Whether the rest of this pass is useless: the documents are known, and all ordered layers have passed, some
   * perhaps before they were ordered.
   */
  #isOfNoMoreUse(seen: ReadonlySet<string>): boolean {
    return (
      this.#documents.known !== undefined && this.#orders.all.every((order) => this.#isAmong(seen, order))
    );
  }

  /** Whether an ordered layer has passed before it was ordered, so that another pass is needed. */
  #hasPassed(seen: ReadonlySet<string>): boolean {
    return this.#orders.all.some((order) => this.#isAmong(seen, order));
  }

  #isAmong(seen: ReadonlySet<string>, { diffId }: LayerOrder): boolean {
    return this.archive.isAmong(seen, diffId);
  }
}
