import { setTimeout as sleep } from 'node:timers/promises';
import type { LayerOrder } from '../packing/layer-order.js';

/** Milliseconds that the other hosts wait for the slowest one within a layer before it has to go on by itself. */
const PATIENCE = 5_000;

/** The hosts that get a layer side by side, at the pace of the slowest, as long as that is bearable. */
export class Company {
  readonly #orders: Set<LayerOrder>;
  readonly #othersWait: () => boolean;

  /** @param othersWait whether hosts that did not order this layer wait for something behind it */
  constructor(orders: readonly LayerOrder[], othersWait: () => boolean = () => false) {
    this.#orders = new Set(orders);
    this.#othersWait = othersWait;
  }

  /** The hosts that have not been left behind. */
  get orders(): readonly LayerOrder[] {
    return [...this.#orders].filter((order) => !order.failed);
  }

  has(order: LayerOrder): boolean {
    return this.#orders.has(order);
  }

  /**
   * Settles when all have taken it, or have been left behind.
   *
   * @param all what each of them gets
   */
  async writeToAll<T extends { order: LayerOrder }>(
    all: readonly T[],
    write: (one: T) => Promise<void>,
  ): Promise<void> {
    const present = all.filter(({ order }) => this.has(order) && !order.failed);
    const writing = new Map(present.map((one) => [one.order, write(one).then(() => one.order)]));
    for (;;) {
      const [next] = writing;
      if (!next) return;
      const isAwaited = writing.size === 1 && (this.orders.length > 1 || this.#othersWait());
      writing.delete(await (isAwaited ? this.#lastOne(...next) : Promise.race(writing.values())));
    }
  }

  /** Waits for the last host, as long as the others may be held up by it. */
  async #lastOne(order: LayerOrder, written: Promise<LayerOrder>): Promise<LayerOrder> {
    const started = performance.now();
    const patience = new AbortController();
    const outpaced = sleep(Math.max(0, PATIENCE - order.held), undefined, patience).then(() => {
      this.#orders.delete(order);
      order.outpaced();
    });
    await Promise.race([written, outpaced]);
    patience.abort();
    order.held += performance.now() - started;
    return order;
  }
}
