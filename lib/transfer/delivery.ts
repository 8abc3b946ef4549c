import { formatBytes } from '../report/format.js';
import type { Activity, ItemState } from '../report/types.js';
import { plainLayer } from './archive-index.js';
import { shortDigest } from './digest.js';
import type { LayerFeed } from './layer-feed.js';
import type { LayerOrder } from './layer-order.js';
import { manifestFor } from './load-archive.js';
import { countPresent } from './present-layers.js';
import type { Receiver } from './receiver.js';
import type { LayerBlob, TransferPlan } from './types.js';

/** Carries out a plan; {@link run} can be called again after a failure, and goes on where it broke. */
export class Delivery {
  layersSent = 0;
  /** Layers that the target has, base first; a guess until it has been asked. */
  present: number;
  #asked = 0;

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
    this.present = await countPresent(this.#layers(feed), 0, this.present, has);
    this.#showPresent();
    await this.#sendMissing(feed);

    await feed.documents({ sizes: target.store === 'containerd' });
    const layers = this.#layers(feed);
    const config = feed.archive.config!;
    const manifest = feed.archive.manifest ?? manifestFor(config, layers);
    return receiver.finish({ config, manifest }, layers, plan.reference);
  }

  async #sendMissing(feed: LayerFeed): Promise<void> {
    const { plan, receiver } = this;
    let next: LayerOrder | undefined;
    try {
      while (this.present < plan.layers.length) {
        const layer = plan.layers[this.present]!;
        if (layer.state === 'probe' && next === undefined && (await this.#turnsOutPresent(feed))) continue;
        const order = next ?? feed.order(layer.diffId, receiver.codec);
        // Ordered ahead, so that a layer that follows in the archive need not be read again.
        const following = plan.layers[this.present + 1];
        next = following?.state === 'missing' ? feed.order(following.diffId, receiver.codec) : undefined;
        await this.#send(feed, order);
      }
    } catch (error) {
      next?.fail(error as Error);
      throw error;
    }
  }

  /** containerd's store may have a layer though it lacks one below it. */
  async #turnsOutPresent(feed: LayerFeed): Promise<boolean> {
    const upToIt = this.#layers(feed).slice(0, this.present + 1);
    if (this.#asked === upToIt.length || !(await this.receiver.has(upToIt))) return false;
    this.present++;
    this.#showPresent();
    return true;
  }

  async #send(feed: LayerFeed, order: LayerOrder): Promise<void> {
    const index = this.present;
    this.#show(index, { state: 'running', note: 'waiting for the source' });
    const { size } = await order.blob;
    const started = Date.now();
    let completed = 0;
    const rate = () => `${formatBytes((completed / Math.max(1, Date.now() - started)) * 1000)}/s`;
    await this.receiver
      .send(this.#layers(feed).slice(0, index + 1), order, (bytes) => {
        completed = Math.min(size, completed + bytes);
        this.#show(index, { state: 'running', completed, total: size, note: rate() });
      })
      .catch((error: Error) => {
        order.fail(error);
        this.#show(index, { state: 'failed', completed, total: size });
        throw error;
      });
    this.#show(index, { state: 'done', total: size, note: rate(), elapsed: Date.now() - started });
    this.layersSent++;
    this.present++;
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
