import type { Activity, ItemState } from '../report/types.js';
import { plainLayer } from './archive-index.js';
import { shortDigest } from './digest.js';
import type { LayerFeed } from './layer-feed.js';
import type { LayerOrder } from './layer-order.js';
import { LayerProgress } from './layer-progress.js';
import { manifestFor } from './load-archive.js';
import { countPresent } from './present-layers.js';
import type { Receiver } from './receiver.js';
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
    const target = await plan.target.facts();
    // In containerd's store the exact file counts, so its name has to be known before it can be asked for.
    if (source.store === 'containerd') await feed.documents({ sizes: true });
    const has = (layers: readonly LayerBlob[]) => receiver.has(layers);
    this.present = await countPresent(this.#layers(feed), this.present, has);
    this.#absent = this.present;
    this.#showPresent();
    await this.#sendMissing(feed);

    await feed.documents({ sizes: target.store === 'containerd' });
    const layers = this.#layers(feed);
    const config = feed.archive.config!;
    const manifest = feed.archive.manifest ?? manifestFor(config, layers);
    return receiver.finish({ config, manifest }, layers, plan.reference);
  }

  async #sendMissing(feed: LayerFeed): Promise<void> {
    let next: readonly LayerOrder[] = [];
    try {
      while (this.present < this.plan.layers.length) {
        if (next.length === 0 && (await this.#turnsOutPresent(feed))) continue;
        const orders = next.length > 0 ? next : this.#order(feed, this.present);
        // Ordered ahead, so that what follows in the archive need not be read again.
        const following = this.present + orders.length;
        next = this.#mayBePresent(following) ? [] : this.#order(feed, following, orders);
        await this.#send(feed, orders);
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

  async #send(feed: LayerFeed, orders: readonly LayerOrder[]): Promise<void> {
    const first = this.present;
    const end = first + orders.length;
    const items = new Map(
      orders.map((order, i) => [order, new LayerProgress((state) => this.#show(first + i, state))]),
    );
    for (const item of items.values()) item.waiting();
    const onProgress = (order: LayerOrder, bytes: number) =>
      items.get(order)!.moved(bytes, feed.archive.blob(order.diffId)!.size);
    try {
      await this.receiver.send(() => this.#layers(feed).slice(0, end), orders, onProgress);
    } catch (error) {
      for (const order of orders) order.fail(error as Error);
      for (const item of items.values()) item.failed();
      throw error;
    }
    for (const item of items.values()) item.done();
    this.layersSent += orders.length;
    this.present = end;
  }

  #layers(feed: LayerFeed): LayerBlob[] {
    return this.plan.layers.map(({ diffId }) => feed.archive.blob(diffId) ?? plainLayer(diffId, 0));
  }

  #showPresent(): void {
    for (let i = 0; i < this.present; i++) this.#show(i, { state: 'cached', note: 'already there' });
  }

  #show(index: number, state: Omit<ItemState, 'label'>): void {
    const { diffId } = this.plan.layers[index]!;
    const label = `layer ${index + 1}/${this.plan.layers.length} ${shortDigest(diffId)}`;
    this.activity.item(`${index}`, { label, ...state });
  }
}
