import type { LayerBlob } from '../../oci/blob.js';
import { blobPath } from '../../oci/digest.js';
import { tarHeader, tarPadding } from '../../oci/tar-writer.js';
import { Outpaced, sourceFailure } from '../base/failures.js';
import type { LayerContent, PlainLayer } from '../contents/plain-layer.js';
import { BLOCK_SIZE } from '../packing/compression.js';
import type { Form, Packer } from '../packing/form.js';
import type { LayerOrder } from '../packing/layer-order.js';

/** Blocks that are packed at the same time, and so the processor cores that packing can use. */
const PACKED_AT_ONCE = 4;

/** Milliseconds that the other hosts wait for the slowest one within a layer before it is {@link Outpaced}. */
const PATIENCE = 5_000;

/**
 * Writes a layer, as a file of the load archive, into every order: read once, packed once for each form, at the pace
 * of the slowest host. Failures of the content end the orders, and reject; a host that gives up harms no other.
 *
 * @param content if all orders are deltas, content that is already known may be left out
 * @param plain takes the layer apart meanwhile, where a form needs that
 * @param othersWait whether hosts that did not order this layer wait for something behind it
 */
export async function fanOut(
  layer: LayerBlob,
  content: LayerContent,
  orders: readonly LayerOrder[],
  plain?: PlainLayer,
  othersWait: () => boolean = () => false,
): Promise<void> {
  const packers = new Map(orders.map(({ form }) => [form, form.packer(layer)]));
  const packAll = <T>(pack: (packer: Packer) => Promise<T>) =>
    new Map([...packers].map(([form, packer]) => [form, settled(pack(packer))]));
  const queue: { plain: number; packed: Map<Form, Promise<Buffer>> }[] = [];
  const handOn = async () => {
    const { plain, packed } = queue.shift()!;
    await writeToAll(orders, othersWait, async (order) => {
      const bytes = await packed.get(order.form)!.catch((error: Error) => order.fail(error));
      if (bytes) await order.write({ plain, packed: bytes });
    });
  };

  for (const order of orders) order.begin(layer);
  try {
    for await (const { bytes, length } of blocks(layer, plain ? plain.over(content) : content)) {
      if (orders.every((order) => order.failed)) return;
      const pieces = plain?.take() ?? [];
      queue.push({ plain: length, packed: packAll((packer) => packer.pack(bytes, pieces)) });
      if (queue.length === PACKED_AT_ONCE) await handOn();
    }
    const pieces = plain?.take() ?? [];
    const last = packAll((packer) => packer.end(pieces));
    while (queue.length > 0) await handOn();
    await writeToAll(orders, othersWait, async (order) => {
      try {
        const { packed, sent } = await last.get(order.form)!;
        if (packed.length > 0) await order.write({ plain: 0, packed });
        order.end(sent);
      } catch (error) {
        order.fail(error as Error);
      }
    });
  } catch (error) {
    const failure = sourceFailure(error);
    for (const order of orders) order.fail(failure as Error);
    throw failure;
  }
}

/** The same promise, whose failure may be looked at later. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** The file with its header and padding, in blocks of the size that is packed at once; without what was not read. */
async function* blocks(
  layer: LayerBlob,
  content: LayerContent,
): AsyncGenerator<{ bytes: Buffer; length: number }> {
  let gathered = [tarHeader(blobPath(layer.digest), layer.size)];
  let length = gathered[0]!.length;
  for await (const chunk of content) {
    if (Buffer.isBuffer(chunk)) gathered.push(chunk);
    length += Buffer.isBuffer(chunk) ? chunk.length : chunk.size;
    if (length >= BLOCK_SIZE) {
      yield { bytes: Buffer.concat(gathered), length };
      gathered = [];
      length = 0;
    }
  }
  yield { bytes: Buffer.concat([...gathered, tarPadding(layer.size)]), length };
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
