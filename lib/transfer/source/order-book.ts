import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiffId } from '../../oci/digest.js';
import type { LayerOrder } from '../packing/layer-order.js';

/** Milliseconds for which the hosts that have ordered a layer wait for one that is going to. */
const PATIENCE = 5_000;

/** The orders that have not been met. */
export class OrderBook {
  readonly #orders = new Set<LayerOrder>();
  /** Promises of hosts that will place orders when these have settled. */
  readonly #expected = new Set<Promise<unknown>>();
  /** The same of certain layers. */
  readonly #announced = new Map<DiffId, Set<Promise<unknown>>>();
  readonly #changes = new EventEmitter();

  get isEmpty(): boolean {
    return this.#orders.size === 0;
  }

  /** All of them, whether their hosts would read them now or not. */
  get all(): readonly LayerOrder[] {
    return [...this.#orders];
  }

  /** The orders whose hosts would read portions now. */
  get open(): readonly LayerOrder[] {
    return this.all.filter((order) => order.isOpen);
  }

  add(order: LayerOrder): void {
    this.#orders.add(order);
    void order.taken().then(() => this.#changes.emit('change'));
    this.#changes.emit('change');
  }

  has(order: LayerOrder): boolean {
    return this.#orders.has(order);
  }

  /** The orders for one layer. */
  of(diffId: DiffId): readonly LayerOrder[] {
    return this.all.filter((order) => order.diffId === diffId);
  }

  remove(orders: readonly LayerOrder[]): void {
    for (const order of orders) this.#orders.delete(order);
  }

  forgetFailed(): void {
    this.remove(this.all.filter((order) => order.failed));
  }

  fail(error: Error): void {
    for (const order of this.#orders) order.fail(error);
    this.#orders.clear();
  }

  /** Announces a host that will place its orders when `settled` settles. */
  expect(settled: Promise<unknown>): void {
    this.#expected.add(settled.catch(() => undefined));
  }

  /** Announces a host that will order a layer by the time that `settled` settles, and is waited for as long as is bearable. */
  announce(diffId: DiffId, settled: Promise<unknown>): void {
    const announced = this.#announced.get(diffId) ?? new Set();
    this.#announced.set(diffId, announced);
    announced.add(settled);
    const forget = () => void announced.delete(settled);
    settled.then(forget, forget);
  }

  /** Settles when everybody who is about to order has done so, of a certain layer those, too, who are going to. */
  async complete(diffId?: DiffId): Promise<void> {
    const announced = (diffId !== undefined && this.#announced.get(diffId)) || [];
    for (const settled of announced) await soon(settled);
    if (this.#expected.size === 0) return;
    await Promise.all(this.#expected);
    this.#expected.clear();
    await new Promise(setImmediate);
  }

  /** Where all orders wait for one that has failed, waits until their hosts cancel them, or for another order. */
  async someOpen(signal: AbortSignal): Promise<void> {
    while (!this.isEmpty && this.open.length === 0) {
      await once(this.#changes, 'change', { signal });
      this.forgetFailed();
    }
  }
}

async function soon(settled: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const timeUp = sleep(PATIENCE, undefined, patience).catch(() => undefined);
  await Promise.race([settled.catch(() => undefined), timeUp]);
  patience.abort();
}
