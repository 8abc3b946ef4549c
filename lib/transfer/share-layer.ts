import { BLOCK_SIZE, BlockPacker, type Codec } from './compression.js';
import { blobPath } from './digest.js';
import type { LayerOrder } from './layer-order.js';
import { tarHeader, tarPadding } from './tar.js';
import type { LayerBlob } from './types.js';

/** Blocks that are packed at the same time, and so the processor cores that packing can use. */
const PACKED_AT_ONCE = 4;

/** Milliseconds that the other hosts wait for the slowest one within a layer before it is {@link Outpaced}. */
const PATIENCE = 5_000;

/** The host is so much slower than the others that it has to read the source by itself. */
export class Outpaced extends Error {}

/**
 * Writes a layer, as a file of the load archive, into every order: read once, packed once for each codec, at the pace
 * of the slowest host. Failures of the content end the orders, and reject; a host that gives up harms no other.
 *
 * @param othersWait whether hosts that did not order this layer wait for something behind it
 */
export async function shareLayer(
  layer: LayerBlob,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  orders: readonly LayerOrder[],
  othersWait: () => boolean = () => false,
): Promise<void> {
  const packers = new Map(orders.map(({ codec }) => [codec, new BlockPacker(codec)]));
  const queue: { plain: number; packed: Map<Codec, Promise<Buffer>> }[] = [];
  const handOn = async () => {
    const { plain, packed } = queue.shift()!;
    await writeToAll(orders, othersWait, async (order) =>
      order.write({ plain, packed: await packed.get(order.codec)! }),
    );
  };

  for (const order of orders) order.begin(layer);
  try {
    for await (const block of blocks(layer, content)) {
      if (orders.every((order) => order.failed)) return;
      const packed = new Map([...packers].map(([codec, packer]) => [codec, packer.pack(block)]));
      queue.push({ plain: block.length, packed });
      if (queue.length === PACKED_AT_ONCE) await handOn();
    }
    while (queue.length > 0) await handOn();
    for (const order of orders) order.end();
  } catch (error) {
    for (const order of orders) order.fail(error as Error);
    throw error;
  }
}

/** The file with its header and padding, in blocks of the size that is packed at once. */
async function* blocks(
  layer: LayerBlob,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  let gathered = [tarHeader(blobPath(layer.digest), layer.size)];
  let length = gathered[0]!.length;
  for await (const chunk of content) {
    gathered.push(chunk);
    length += chunk.length;
    if (length >= BLOCK_SIZE) {
      yield Buffer.concat(gathered);
      gathered = [];
      length = 0;
    }
  }
  yield Buffer.concat([...gathered, tarPadding(layer.size)]);
}

async function writeToAll(
  orders: readonly LayerOrder[],
  othersWait: () => boolean,
  write: (order: LayerOrder) => Promise<void>,
): Promise<void> {
  const writing = new Map(orders.map((order) => [order, write(order).then(() => order)]));
  while (writing.size > 0) {
    const company = orders.filter((order) => !order.failed).length > 1 || othersWait();
    const isLast = writing.size === 1 && company;
    writing.delete(await (isLast ? lastOne(...[...writing.entries()][0]!) : Promise.race(writing.values())));
  }
}

/** Waits for the last host, as long as the others may be held up by it. */
async function lastOne(order: LayerOrder, written: Promise<LayerOrder>): Promise<LayerOrder> {
  const started = Date.now();
  const timer = setTimeout(() => order.fail(new Outpaced()), Math.max(0, PATIENCE - order.held));
  await written;
  clearTimeout(timer);
  order.held += Date.now() - started;
  return order;
}
