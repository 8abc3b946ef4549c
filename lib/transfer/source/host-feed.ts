import type { DiffId } from '../../oci/digest.js';
import type { Form } from '../packing/form.js';
import { LayerOrder } from '../packing/layer-order.js';
import { wholeForm } from '../packing/whole-form.js';
import type { ArchiveIndex } from './archive-index.js';
import type { Documents } from './awaited-documents.js';
import type { LayerFeed } from './layer-feed.js';

/**
 * Where one host has its layers from: a feed that it shares with others as long as it keeps pace with them, then one of its
 * own. A layer in the middle of which that happens goes on where it was: what has been sent of it is not sent again.
 */
export class HostFeed {
  #feed: LayerFeed;
  readonly #openOwn: () => LayerFeed;
  #own?: LayerFeed;
  /** Orders that are not fulfilled yet. */
  readonly #orders = new Set<LayerOrder>();

  /** @param openOwn called once at most, when the host does not keep pace */
  constructor(shared: LayerFeed, openOwn: () => LayerFeed) {
    this.#feed = shared;
    this.#openOwn = openOwn;
  }

  get archive(): ArchiveIndex {
    return this.#feed.archive;
  }

  /** See {@link LayerFeed.order}. */
  order(diffId: DiffId, form: Form, after: readonly LayerOrder[] = []): LayerOrder {
    const order = new LayerOrder(diffId, form, after, (outpaced) => this.leave(outpaced));
    this.#orders.add(order);
    void order.taken().then(() => this.#orders.delete(order));
    this.#feed.take(order);
    return order;
  }

  /** See {@link LayerFeed.prepare}. */
  prepare(settled: Promise<unknown>, wanted: { sizes: boolean }): void {
    this.#feed.prepare(settled, wanted);
  }

  /** See {@link LayerFeed.announce}; a feed of its own waits for nobody. */
  announce(diffId: DiffId, settled: Promise<unknown>): void {
    if (!this.#own) this.#feed.announce(diffId, settled);
  }

  /** See {@link LayerFeed.documents}. */
  documents(wanted: { sizes: boolean }): Promise<Documents> {
    return this.#feed.documents(wanted);
  }

  /** From now on, layers are checked against their digests, because the host rejected one. */
  verify(): void {
    this.#feed.verify();
  }

  /**
   * Reads layers once more, for nothing but their digests.
   *
   * @throws {SourceFailed} where one has another
   */
  async check(layers: readonly DiffId[]): Promise<void> {
    this.verify();
    const orders = layers.map((diffId) => this.order(diffId, UNPACKED));
    await Promise.all(orders.map(readAll));
  }

  /**
   * Switches to a feed of the host's own.
   *
   * @param outpaced the order that the shared feed left partly written
   */
  leave(outpaced?: LayerOrder): void {
    if (this.#own) return;
    const shared = this.#feed;
    this.#feed = this.#own = this.#openOwn();
    for (const order of this.#orders) if (order === outpaced || shared.release(order)) this.#own.take(order);
  }

  /** Ends what is the host's own. */
  async close(): Promise<void> {
    await this.#own?.close();
  }
}

const UNPACKED = wholeForm('none');

async function readAll({ portions }: LayerOrder): Promise<void> {
  for await (const _ of portions);
}
