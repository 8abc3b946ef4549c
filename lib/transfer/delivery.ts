import { storeOf } from '../engine/stores.js';
import type { LayerBlob } from '../oci/blob.js';
import { type DiffId, digestOf, type ImageId } from '../oci/digest.js';
import { type AttestedDocuments, manifestFor } from '../oci/image-archive.js';
import { listsLayers } from '../oci/image-documents.js';
import type { Activity } from '../report/types.js';
import { errorOf } from '../text/thrown.js';
import type { TransferPlan } from './base/types.js';
import { type Batch, nextBatch } from './batch.js';
import type { Deltas } from './deltas.js';
import { LayersOnScreen } from './layers-on-screen.js';
import type { LayerOrder } from './packing/layer-order.js';
import { wholeFormFor } from './packing/whole-form.js';
import type { HostFeed } from './source/host-feed.js';
import { countPresent } from './target/present-layers.js';
import type { RebuildContainer } from './target/rebuild-container.js';
import type { Receiver } from './target/receiver.js';
import { TargetBlobs } from './target-blobs.js';
import { checkZstd } from './zstd-check.js';

interface OrderedBatch extends Batch {
  orders: readonly LayerOrder[];
}

/** What only some plans need, opened on demand. */
export interface DeliveryAsks {
  deltas: () => Promise<Deltas>;
  /** The image's attestations. */
  attested: () => Promise<AttestedDocuments | undefined>;
  /** Whether other hosts wait for its orders, because they all get a layer together. */
  together?: boolean;
}

/** Carries out a plan; {@link run} can be called again after a failure, and goes on where it broke. */
export class Delivery {
  readonly #plan: TransferPlan;
  readonly #receiver: Receiver;
  readonly #asks: DeliveryAsks;
  /** Number of layers that the target has, base first; estimated from the plan until the target has been asked. */
  present: number;
  /** Index of the last layer for which the target was asked and which it lacks. */
  #absent?: number;
  readonly #sent = new Set<DiffId>();
  readonly #sentAsDelta = new Set<DiffId>();
  readonly #blobs: TargetBlobs;
  readonly #screen: LayersOnScreen;
  #deltas?: Deltas;
  #onlyWhole = false;
  #atOnce = false;
  /** Tells those who wait for its next orders that these have been placed. */
  #placed: () => void = () => undefined;

  constructor(plan: TransferPlan, receiver: Receiver, activity: Activity, asks: DeliveryAsks) {
    this.#plan = plan;
    this.#receiver = receiver;
    this.#asks = asks;
    const missing = plan.layers.findIndex(({ state }) => state === 'missing');
    this.present = missing === -1 ? plan.layers.length : missing;
    this.#blobs = new TargetBlobs(plan);
    this.#screen = new LayersOnScreen(plan.layers, activity);
  }

  get layersSent(): number {
    return this.#sent.size;
  }

  /** Number of layers of which only a delta was sent; {@link layersSent} includes them. */
  get deltasSent(): number {
    return this.#sentAsDelta.size;
  }

  /**
   * Finds out what is there, sends what is missing, and names the image.
   *
   * @returns the target's ID of the image
   * @throws {DeltaFailed} where whole layers may still do
   */
  async run(feed: HostFeed): Promise<ImageId> {
    const plan = this.#plan;
    const receiver = this.#receiver;
    const [source, target] = [await plan.source.facts(), await plan.target.facts()];
    const sizes = storeOf(target).readsManifest;
    // containerd's store is asked for files, not for layers: the source's documents tell which file is which layer.
    if (sizes && source.store === 'containerd') await feed.documents({ sizes });
    await checkZstd(plan, feed);
    const has = (layers: readonly LayerBlob[]) => receiver.has(layers);
    // Ask the target while the source is being read.
    const asking = this.#blobs
      .learn(receiver, feed.archive)
      .then(() => countPresent(this.#blobs.all(feed.archive), this.present, has));
    const opening = this.#plansDeltas() ? this.#asks.deltas() : undefined;
    opening?.catch(() => undefined); // Reported when awaited below.
    feed.prepare(Promise.all([asking, opening]), { sizes });
    try {
      this.present = await asking;
      this.#absent = this.present;
      this.#screen.present(0, this.present);
      this.#deltas = await opening;
      return await this.#sendMissing(feed);
    } finally {
      this.#placed();
      this.#deltas = undefined;
      await opening?.then(({ container }) => container.close()).catch(() => undefined);
    }
  }

  /** After this, all layers are sent whole; in one load if `atOnce`, where the target loses what it got in another one. */
  sendWhole(atOnce = false): void {
    this.#onlyWhole = true;
    this.#atOnce ||= atOnce;
  }

  #plansDeltas(): boolean {
    return (
      !this.#onlyWhole && this.#plan.layers.some(({ state, way }) => state !== 'there' && way === 'delta')
    );
  }

  /** Two loads overlap: while the engine unpacks and checks one, the layers of the next are already being sent. */
  async #sendMissing(feed: HostFeed): Promise<ImageId> {
    const loads: Promise<void>[] = [];
    let next: OrderedBatch | undefined;
    let at = this.present;
    try {
      for (;;) {
        const previous = loads.at(-1);
        if (!next) at = await this.#skipPresent(feed, at, previous);
        const batch: OrderedBatch = next ?? (await this.#order(feed, at));
        if (batch.end === this.#plan.layers.length) return await this.#finish(feed, batch, previous);
        // Ordered now, while the archive is still being read: a later order would need another pass over it.
        next = this.#mayBePresent(batch.end) ? undefined : await this.#order(feed, batch.end, batch.orders);
        const load = this.#send(feed, batch, previous);
        load.catch(() => undefined); // Reported when the next step awaits it.
        loads.push(load);
        await previous;
        await Promise.race([load, Promise.all(batch.orders.map((order) => order.taken()))]);
        if (batch.orders.some((order) => order.failed)) await load;
        at = batch.end;
      }
    } catch (error) {
      for (const order of next?.orders ?? []) order.fail(errorOf(error));
      await Promise.allSettled(loads);
      throw error;
    }
  }

  #send(feed: HostFeed, batch: OrderedBatch, previous?: Promise<void>): Promise<void> {
    const prefix = async () => {
      await previous;
      this.#blobs.note(batch.orders, feed.archive);
      return this.#blobs.all(feed.archive).slice(0, batch.end);
    };
    return this.#screen.during(batch.orders, feed.archive, async (onProgress) => {
      const rebuild = await this.#containerFor(batch, previous);
      await this.#receiver.send({ orders: batch.orders, onProgress, rebuild }, prefix);
      this.#noteSent(batch);
    });
  }

  #finish(feed: HostFeed, batch: OrderedBatch, previous?: Promise<void>): Promise<ImageId> {
    const contents = async () => {
      await previous;
      const { readsManifest: sizes, idOf } = storeOf(await this.#plan.target.facts());
      const { config, manifest: theirs } = await feed.documents({ sizes });
      this.#blobs.note(batch.orders, feed.archive);
      const layers = this.#blobs.all(feed.archive);
      // It may list other files than were sent (rebuilt layers), or have types of two kinds (podman cannot build of it).
      const theirOwn = idOf === 'manifest' && theirs && listsLayers(theirs, layers) && theirs;
      const manifest = theirOwn || manifestFor(config, layers);
      const isTheirs = digestOf(manifest) === this.#plan.attestations?.manifest;
      const attested = isTheirs ? await this.#asks.attested() : undefined;
      return { documents: { config, manifest, ...(attested && { attested }) }, layers };
    };
    return this.#screen.during(batch.orders, feed.archive, async (onProgress) => {
      const rebuild = await this.#containerFor(batch, previous);
      const sending = { orders: batch.orders, onProgress, rebuild };
      const id = await this.#receiver.finish(sending, contents, this.#plan.there);
      this.#noteSent(batch);
      return id;
    });
  }

  #noteSent({ end, orders, way }: OrderedBatch): void {
    for (const { diffId } of orders) {
      this.#sent.add(diffId);
      if (way === 'delta') this.#sentAsDelta.add(diffId);
    }
    this.present = end;
  }

  /** The container that rebuilds the layers of a batch, if they go as deltas, as soon as it has nothing else to do. */
  async #containerFor({ way }: Batch, previous?: Promise<void>): Promise<RebuildContainer | undefined> {
    if (way === 'whole') return undefined;
    const container = this.#deltas?.container;
    await previous;
    return container;
  }

  /** The first layer from `at` on that is missing: containerd's store can have layers above a missing one. */
  async #skipPresent(feed: HostFeed, at: number, previous?: Promise<void>): Promise<number> {
    if (!this.#mayBePresent(at)) return at;
    await previous;
    if (await this.#receiver.has(this.#blobs.all(feed.archive).slice(0, at + 1))) {
      this.present = at + 1;
      this.#screen.present(at, this.present);
      return this.#skipPresent(feed, at + 1);
    }
    this.#absent = at;
    return at;
  }

  async #order(feed: HostFeed, at: number, after: readonly LayerOrder[] = []): Promise<OrderedBatch> {
    const { reusesLayers: reuses } = storeOf(await this.#plan.target.facts());
    const deltas = this.#deltas;
    const layers = deltas
      ? this.#plan.layers
      : this.#plan.layers.map((layer) => ({ ...layer, way: 'whole' as const }));
    const isApart = (index: number) => this.#mayBePresent(index);
    const batch = nextBatch(layers, at, { isApart, reuses, atOnce: this.#atOnce });
    const form =
      deltas && batch.way === 'delta'
        ? deltas.form
        : wholeFormFor(this.#receiver.codec, await this.#plan.target.facts());
    const orders = batch.diffIds.map((diffId) => {
      if (batch.way === 'whole') this.#blobs.forget(diffId);
      return feed.order(diffId, form, after);
    });
    this.#placed();
    if (this.#asks.together && batch.end < layers.length && !isApart(batch.end))
      this.#announce(feed, nextBatch(layers, batch.end, { isApart, reuses, atOnce: this.#atOnce }));
    return { ...batch, orders };
  }

  /** Tells of the orders that will be placed next. */
  #announce(feed: HostFeed, { diffIds }: Batch): void {
    const placed = new Promise<void>((resolve) => (this.#placed = resolve));
    for (const diffId of diffIds) feed.announce(diffId, placed);
  }

  #mayBePresent(index: number): boolean {
    return index !== this.#absent && this.#plan.layers[index]?.state === 'probe';
  }
}
