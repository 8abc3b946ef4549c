import type { Activity, ItemState } from '../report/types.js';
import { plainLayer } from './archive-index.js';
import { shortDigest } from './digest.js';
import type { LayerFeed } from './layer-feed.js';
import type { LayerOrder } from './layer-order.js';
import { LayerProgress } from './layer-progress.js';
import { manifestFor } from './load-archive.js';
import { countPresent } from './present-layers.js';
import type { ImageContents, OnProgress, Receiver } from './receiver.js';
import type { LayerBlob, TransferPlan } from './types.js';

/** Layers up to this size together are sent at once (bytes). */
const SENT_TOGETHER = 2 ** 20;

/** Carries out a plan; {@link run} can be called again after a failure, and goes on where it broke. */
export class Delivery {
  layersSent = 0;
  /** Layers that the target has, base first; a guess until it has been asked. */
  present: number;
  /** The layer that was asked for last and is not there. */
  #absent?: number;

  constructor(
    private readonly plan: TransferPlan,
    private readonly receiver: Receiver,
    private readonly activity: Activity,
  ) {
    const missing = plan.layers.findIndex(({ state }) => state === 'missing');
    this.present = missing === -1 ? plan.layers.length : missing;
  }

  /**
   * Finds out what is there, sends what is missing, and names the image.
   *
   * @returns the target's ID of the image
   */
  async run(feed: LayerFeed): Promise<string> {
    const { plan, receiver } = this;
    const source = await plan.source.facts();
    // In containerd's store the exact file counts, so its name has to be known before it can be asked for.
    if (source.store === 'containerd') await feed.documents({ sizes: true });
    const has = (layers: readonly LayerBlob[]) => receiver.has(layers);
    const asking = countPresent(this.#layers(feed), this.present, has);
    feed.prepare(asking);
    this.present = await asking;
    this.#absent = this.present;
    this.#showPresent();
    return this.#sendMissing(feed);
  }

  async #sendMissing(feed: LayerFeed): Promise<string> {
    const { reference, layers } = this.plan;
    let next: readonly LayerOrder[] = [];
    try {
      for (;;) {
        if (next.length === 0 && (await this.#turnsOutPresent(feed))) continue;
        const orders = next.length > 0 ? next : this.#order(feed, this.present);
        const end = this.present + orders.length;
        if (end === layers.length) {
          return await this.#show(feed, orders, (onProgress) =>
            this.receiver.finish(orders, onProgress, () => this.#contents(feed), reference),
          );
        }
        // Ordered ahead, so that what follows in the archive need not be read again.
        next = this.#mayBePresent(end) ? [] : this.#order(feed, end, orders);
        await this.#show(feed, orders, (onProgress) =>
          this.receiver.send(orders, onProgress, () => this.#layers(feed).slice(0, end)),
        );
      }
    } catch (error) {
      for (const order of next) order.fail(error as Error);
      throw error;
    }
  }

  /** Orders the layer at `index`; small ones follow along, for the sake of round trips. */
  #order(feed: LayerFeed, index: number, after: readonly LayerOrder[] = []): LayerOrder[] {
    const rest = this.plan.layers.slice(index);
    let bytes = 0;
    const end = rest.findIndex(({ size = Infinity }, i) => {
      bytes += size;
      return i > 0 && (bytes > SENT_TOGETHER || this.#mayBePresent(index + i));
    });
    return rest
      .slice(0, end === -1 ? rest.length : end)
      .map(({ diffId }) => feed.order(diffId, this.receiver.codec, after));
  }

  /** containerd's store may have a layer though it lacks one below it. */
  async #turnsOutPresent(feed: LayerFeed): Promise<boolean> {
    if (!this.#mayBePresent(this.present)) return false;
    if (!(await this.receiver.has(this.#layers(feed).slice(0, this.present + 1)))) {
      this.#absent = this.present;
      return false;
    }
    this.present++;
    this.#showPresent();
    return true;
  }

  #mayBePresent(index: number): boolean {
    return index !== this.#absent && this.plan.layers[index]?.state === 'probe';
  }

  /** Shows the orders on the screen while they are sent, and counts what has arrived. */
  async #show<T>(
    feed: LayerFeed,
    orders: readonly LayerOrder[],
    send: (onProgress: OnProgress) => Promise<T>,
  ): Promise<T> {
    const first = this.present;
    const items = new Map(
      orders.map((order, i) => [order, new LayerProgress((state) => this.#showLayer(first + i, state))]),
    );
    for (const item of items.values()) item.waiting();
    try {
      const result = await send((order, bytes) =>
        items.get(order)!.moved(bytes, feed.archive.blob(order.diffId)!.size),
      );
      for (const item of items.values()) item.done();
      this.layersSent += orders.length;
      this.present += orders.length;
      return result;
    } catch (error) {
      for (const order of orders) order.fail(error as Error);
      for (const item of items.values()) item.failed();
      throw error;
    }
  }

  async #contents(feed: LayerFeed): Promise<ImageContents> {
    const { store } = await this.plan.target.facts();
    await feed.documents({ sizes: store === 'containerd' });
    const layers = this.#layers(feed);
    const config = feed.archive.config!;
    const manifest = feed.archive.manifest ?? manifestFor(config, layers);
    return { documents: { config, manifest }, layers };
  }

  #layers(feed: LayerFeed): LayerBlob[] {
    return this.plan.layers.map(({ diffId }) => feed.archive.blob(diffId) ?? plainLayer(diffId, 0));
  }

  #showPresent(): void {
    for (let i = 0; i < this.present; i++) this.#showLayer(i, { state: 'cached', note: 'already there' });
  }

  #showLayer(index: number, state: Omit<ItemState, 'label'>): void {
    const { diffId } = this.plan.layers[index]!;
    const label = `layer ${index + 1}/${this.plan.layers.length} ${shortDigest(diffId)}`;
    this.activity.item(`${index}`, { label, ...state });
  }
}
