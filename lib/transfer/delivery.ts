import { type LayerBlob, plainLayer } from '../oci/blob.js';
import { shortDigest } from '../oci/digest.js';
import { manifestFor } from '../oci/image-archive.js';
import type { Activity, ItemState } from '../report/types.js';
import type { TransferPlan } from './base/types.js';
import type { Deltas } from './deltas.js';
import { LayerProgress } from './layer-progress.js';
import type { LayerOrder } from './packing/layer-order.js';
import { wholeForm } from './packing/whole-form.js';
import type { LayerFeed } from './source/layer-feed.js';
import { countPresent } from './target/present-layers.js';
import type { RebuildContainer } from './target/rebuild-container.js';
import type { OnProgress, Receiver } from './target/receiver.js';

/** Layers up to this size together are sent at once (bytes). */
const SENT_TOGETHER = 2 ** 20;

/** Carries out a plan; {@link run} can be called again after a failure, and goes on where it broke. */
export class Delivery {
  readonly #plan: TransferPlan;
  readonly #receiver: Receiver;
  readonly #activity: Activity;
  readonly #openDeltas: () => Promise<Deltas>;
  layersSent = 0;
  /** Of these, layers of which only a delta was sent. */
  deltasSent = 0;
  /** Layers that the target has, base first; a guess until it has been asked. */
  present: number;
  /** The layer that was asked for last and is not there. */
  #absent?: number;
  /** The target's own files of layers, where they are not the source's. */
  readonly #forms = new Map<string, LayerBlob>();
  #formsLearned = false;
  #deltas?: Deltas;
  #onlyWhole = false;

  /** @param openDeltas what deltas need, asked for where the plan has some */
  constructor(plan: TransferPlan, receiver: Receiver, activity: Activity, openDeltas: () => Promise<Deltas>) {
    this.#plan = plan;
    this.#receiver = receiver;
    this.#activity = activity;
    this.#openDeltas = openDeltas;
    const missing = plan.layers.findIndex(({ state }) => state === 'missing');
    this.present = missing === -1 ? plan.layers.length : missing;
  }

  /**
   * Finds out what is there, sends what is missing, and names the image.
   *
   * @returns the target's ID of the image
   * @throws {DeltaFailed} where whole layers may still do
   */
  async run(feed: LayerFeed): Promise<string> {
    const plan = this.#plan;
    const receiver = this.#receiver;
    const [source, target] = [await plan.source.facts(), await plan.target.facts()];
    const sizes = target.store === 'containerd';
    // In containerd's store the exact file counts, so its name has to be known before it can be asked for.
    if (sizes && source.store === 'containerd') await feed.documents({ sizes });
    const has = (layers: readonly LayerBlob[]) => receiver.has(layers);
    // The source is read meanwhile.
    const asking = this.#learnForms(feed).then(() => countPresent(this.#layers(feed), this.present, has));
    const opening = this.#plansDeltas() ? this.#openDeltas() : undefined;
    opening?.catch(() => undefined); // Reported when awaited below.
    feed.prepare(Promise.all([asking, opening]), { sizes });
    try {
      this.present = await asking;
      this.#absent = this.present;
      this.#showPresent();
      this.#deltas = await opening;
      return await this.#sendMissing(feed);
    } finally {
      this.#deltas = undefined;
      await opening?.then(({ container }) => container.close()).catch(() => undefined);
    }
  }

  /**
   * In which form the target has layers. Where the manifest is ours to write, it can list them in any; the source's own
   * is given up only for those that have been rebuilt there. Once for all tries: what has been sent since is known here.
   */
  async #learnForms(feed: LayerFeed): Promise<void> {
    if (this.#formsLearned) return;
    const { store } = await this.#plan.source.facts();
    for (const [diffId, form] of await this.#receiver.formsOf(this.#plan.related)) {
      const usable = store === 'graphdriver' || form.digest === diffId;
      if (usable && form.digest !== feed.archive.blob(diffId)?.digest && !this.#forms.has(diffId)) {
        this.#forms.set(diffId, form);
      }
    }
    this.#formsLearned = true;
  }

  /** From now on, deltas are not tried. */
  sendWhole(): void {
    this.#onlyWhole = true;
  }

  #plansDeltas(): boolean {
    return (
      !this.#onlyWhole && this.#plan.layers.some(({ state, way }) => state !== 'there' && way === 'delta')
    );
  }

  /** While the engine unpacks and proves one load, the layers of the next one, and no more, are on their way already. */
  async #sendMissing(feed: LayerFeed): Promise<string> {
    const loads: Promise<void>[] = [];
    let next: readonly LayerOrder[] = [];
    let at = this.present;
    try {
      for (;;) {
        const previous = loads.at(-1);
        if (next.length === 0) at = await this.#skipPresent(feed, at, previous);
        const orders = next.length > 0 ? next : this.#order(feed, at);
        const end = at + orders.length;
        if (end === this.#plan.layers.length) return await this.#finish(feed, at, orders, previous);
        // Ordered ahead, so that what follows in the archive need not be read again.
        next = this.#mayBePresent(end) ? [] : this.#order(feed, end, orders);
        const load = this.#send(feed, at, orders, previous);
        load.catch(() => undefined); // Reported when the next step awaits it.
        loads.push(load);
        await previous;
        await Promise.race([load, Promise.all(orders.map((order) => order.taken()))]);
        if (orders.some((order) => order.failed)) await load;
        at = end;
      }
    } catch (error) {
      for (const order of next) order.fail(error as Error);
      await Promise.allSettled(loads);
      throw error;
    }
  }

  #send(feed: LayerFeed, at: number, orders: readonly LayerOrder[], previous?: Promise<void>): Promise<void> {
    const prefix = async () => {
      await previous;
      this.#noteForms(feed, orders);
      return this.#layers(feed).slice(0, at + orders.length);
    };
    return this.#show(feed, at, orders, async (onProgress) => {
      const rebuild = await this.#containerFor(at, previous);
      return this.#receiver.send(orders, onProgress, prefix, rebuild);
    });
  }

  #finish(
    feed: LayerFeed,
    at: number,
    orders: readonly LayerOrder[],
    previous?: Promise<void>,
  ): Promise<string> {
    const contents = async () => {
      await previous;
      const { store } = await this.#plan.target.facts();
      await feed.documents({ sizes: store === 'containerd' });
      this.#noteForms(feed, orders);
      const layers = this.#layers(feed);
      const config = feed.archive.config!;
      const theirs = this.#forms.size === 0 ? feed.archive.manifest : undefined;
      const manifest = theirs ?? manifestFor(config, layers);
      return { documents: { config, manifest }, layers };
    };
    return this.#show(feed, at, orders, async (onProgress) => {
      const rebuild = await this.#containerFor(at, previous);
      return this.#receiver.finish(orders, onProgress, contents, this.#plan.reference, rebuild);
    });
  }

  /** The container that rebuilds the layer at an index, if it goes as a delta, as soon as it has nothing else to do. */
  async #containerFor(index: number, previous?: Promise<void>): Promise<RebuildContainer | undefined> {
    if (!this.#isDelta(index)) return undefined;
    const { container } = this.#deltas!;
    await previous;
    return container;
  }

  #noteForms(feed: LayerFeed, orders: readonly LayerOrder[]): void {
    for (const { sent } of orders) {
      if (sent && sent.digest !== feed.archive.blob(sent.diffId)?.digest) this.#forms.set(sent.diffId, sent);
    }
  }

  /** containerd's store may have a layer though it lacks one below it: the first one from `at` that it lacks. */
  async #skipPresent(feed: LayerFeed, at: number, previous?: Promise<void>): Promise<number> {
    if (!this.#mayBePresent(at)) return at;
    await previous;
    if (await this.#receiver.has(this.#layers(feed).slice(0, at + 1))) {
      this.present = at + 1;
      this.#showPresent(at);
      return this.#skipPresent(feed, at + 1);
    }
    this.#absent = at;
    return at;
  }

  /** Orders the layer at `index`; small ones follow along, for the sake of round trips. */
  #order(feed: LayerFeed, index: number, after: readonly LayerOrder[] = []): LayerOrder[] {
    const rest = this.#plan.layers.slice(index);
    if (this.#isDelta(index)) return [feed.order(rest[0]!.diffId, this.#deltas!.form, after)];
    let bytes = 0;
    const end = rest.findIndex(({ size = Infinity }, i) => {
      bytes += size;
      const apart = this.#mayBePresent(index + i) || this.#isDelta(index + i);
      return i > 0 && (bytes > SENT_TOGETHER || apart);
    });
    return rest.slice(0, end === -1 ? rest.length : end).map(({ diffId }) => {
      this.#forms.delete(diffId);
      return feed.order(diffId, wholeForm(this.#receiver.codec), after);
    });
  }

  #isDelta(index: number): boolean {
    return this.#deltas !== undefined && this.#plan.layers[index]?.way === 'delta';
  }

  #mayBePresent(index: number): boolean {
    return index !== this.#absent && this.#plan.layers[index]?.state === 'probe';
  }

  /** Shows the orders on the screen while they are sent, and counts what has arrived. */
  async #show<T>(
    feed: LayerFeed,
    at: number,
    orders: readonly LayerOrder[],
    send: (onProgress: OnProgress) => Promise<T>,
  ): Promise<T> {
    const items = new Map(
      orders.map((order, i) => [order, new LayerProgress((state) => this.#showLayer(at + i, state))]),
    );
    for (const item of items.values()) item.waiting();
    try {
      const result = await send((order, bytes) =>
        items.get(order)!.moved(bytes, feed.archive.blob(order.diffId)!.size),
      );
      for (const item of items.values()) item.done();
      this.layersSent += orders.length;
      this.deltasSent += orders.filter(({ form }) => form === this.#deltas?.form).length;
      this.present += orders.length;
      return result;
    } catch (error) {
      for (const order of orders) order.fail(error as Error);
      for (const item of items.values()) item.failed();
      throw error;
    }
  }

  #layers(feed: LayerFeed): LayerBlob[] {
    return this.#plan.layers.map(
      ({ diffId }) => this.#forms.get(diffId) ?? feed.archive.blob(diffId) ?? plainLayer(diffId, 0),
    );
  }

  #showPresent(from = 0): void {
    for (let i = from; i < this.present; i++) this.#showLayer(i, { state: 'cached', note: 'already there' });
  }

  #showLayer(index: number, state: Omit<ItemState, 'label'>): void {
    const { diffId } = this.#plan.layers[index]!;
    const label = `layer ${index + 1}/${this.#plan.layers.length} ${shortDigest(diffId)}`;
    this.#activity.item(`${index}`, { label, ...state });
  }
}
