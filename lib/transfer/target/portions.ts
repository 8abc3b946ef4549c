import type { LayerOrder } from '../packing/layer-order.js';
import type { OnProgress } from './receiver.js';

/** Orders one after the other, as the source comes to their layers. */
export async function* asTheyBegin(orders: readonly LayerOrder[]): AsyncGenerator<LayerOrder> {
  const awaited = new Set(orders);
  while (awaited.size > 0) {
    const order = await Promise.race([...awaited].map((one) => one.blob.then(() => one)));
    awaited.delete(order);
    yield order;
  }
}

/** The portions of several orders, in the order in which the source delivers the layers. */
export async function* portionsOf(
  orders: readonly LayerOrder[],
  onProgress: OnProgress,
): AsyncGenerator<Buffer> {
  for await (const order of asTheyBegin(orders)) {
    for await (const { packed, plain } of order.portions) {
      yield packed;
      onProgress(order, plain);
    }
  }
}
