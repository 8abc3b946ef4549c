import { setImmediate as turn } from 'node:timers/promises';
import type { LayerBlob } from '../../oci/blob.js';
import { layerPath } from '../../oci/image-archive.js';
import { tarHeader, tarPadding } from '../../oci/tar-writer.js';
import { errorOf } from '../../text/thrown.js';
import { sourceFailure } from '../base/failures.js';
import type { LayerContent, PlainLayer } from '../contents/plain-layer.js';
import { BLOCK_SIZE } from '../packing/compression.js';
import type { LastPortion, Packer } from '../packing/form.js';
import type { LayerOrder } from '../packing/layer-order.js';
import { Pace } from '../packing/pace.js';
import { Company } from './company.js';

/** Blocks that are packed at the same time, and so the processor cores that packing can use. */
const PACKED_AT_ONCE = 4;

/**
 * Writes a layer, as a file of the load archive, into every order: read once, packed once for each form, at the pace
 * of the slowest host. Failures of the content end the orders, and reject; a host that gives up harms no other.
 *
 * @param content if all orders are deltas, content that is already known may be left out
 */
export async function fanOut(
  layer: LayerBlob,
  content: LayerContent,
  orders: readonly LayerOrder[],
  { plain, othersWait, pace = new Pace() }: Surroundings = {},
): Promise<void> {
  const company = new Company(orders, othersWait);
  const packAll = packersFor(layer, orders);
  const queue: PackedBlock[] = [];
  const handOn = async (blocks: readonly PackedBlock[]) => {
    for (const block of blocks) {
      await turn(); // Hosts that wait take what is there, so that none of it counts as waiting for the wire.
      const waiting = Math.max(0, ...company.orders.map((order) => order.waiting));
      pace.sent({ plain: block.plain, packed: await lengthOf(block) }, waiting);
      await company.writeToAll(block.packed, writeBlock(company, block.plain));
    }
  };

  // An order that was begun in another feed is always alone here, so the minimum is its own position.
  const begun = Math.min(...orders.map((order) => order.written));
  for (const order of orders) order.begin(layer);
  try {
    for await (const { bytes, length } of blocks(layer, plain ? plain.over(content) : content, begun)) {
      if (company.orders.length === 0) return;
      const pieces = plain?.take() ?? [];
      queue.push({ plain: length, packed: packAll((packer) => packer.pack(bytes, pieces, pace.effort)) });
      if (queue.length === PACKED_AT_ONCE) await handOn(queue.splice(0, 1));
    }
    const pieces = plain?.take() ?? [];
    const last = packAll((packer) => packer.end(pieces));
    await handOn(queue);
    await company.writeToAll(last, writeEnd(company));
  } catch (error) {
    const failure = sourceFailure(error);
    for (const order of company.orders) order.fail(failure);
    throw failure;
  }
}

/** Context of the writing of one layer. */
interface Surroundings {
  /** Scans the layer's contents meanwhile, if a form needs them. */
  plain?: PlainLayer;
  /** Whether hosts that did not order this layer wait for something behind it. */
  othersWait?: () => boolean;
  /** Knows, from layer to layer, how fast the wire is. */
  pace?: Pace;
}

/** A packed block for one order; orders of the same form share the promise. */
interface Packed<T> {
  order: LayerOrder;
  packed: Promise<T>;
}

interface PackedBlock {
  /** Bytes before packing. */
  plain: number;
  packed: readonly Packed<Buffer>[];
}

/** Packs each block once for each form, with a packer for each form that lives as long as the layer is written. */
function packersFor(layer: LayerBlob, orders: readonly LayerOrder[]) {
  const formOf = ({ form }: LayerOrder) => form.like ?? form;
  const packers = [...new Set(orders.map(formOf))].map((form) => ({
    packer: form.packer(layer),
    orders: orders.filter((order) => formOf(order) === form),
  }));
  return <T>(pack: (packer: Packer) => Promise<T>): Packed<T>[] =>
    packers.flatMap(({ packer, orders }) => {
      const packed = settled(pack(packer));
      return orders.map((order) => ({ order, packed }));
    });
}

/** Bytes of a block as it was packed for one of the orders. */
async function lengthOf({ packed: [first] }: PackedBlock): Promise<number> {
  const packed = await first?.packed.catch(() => undefined); // Reported to the order.
  return packed?.length ?? 0;
}

function writeBlock(company: Company, plain: number) {
  return async ({ order, packed }: Packed<Buffer>) => {
    const bytes = await packed.catch((error: unknown) => order.fail(errorOf(error)));
    if (bytes && company.has(order)) await order.write({ plain, packed: bytes });
  };
}

function writeEnd(company: Company) {
  return async ({ order, packed: ending }: Packed<LastPortion>) => {
    try {
      const { packed, sent } = await ending;
      if (packed.length > 0) await order.write({ plain: 0, packed });
      if (company.has(order)) order.end(sent);
    } catch (error) {
      order.fail(errorOf(error));
    }
  };
}

/** Marks a promise as handled, so that its failure may be looked at later. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/**
 * The file with its header and padding, in blocks of the size that is packed at once; without what was not read.
 *
 * @param begun so many bytes of it, which have been written, are left out
 */
async function* blocks(
  layer: LayerBlob,
  content: LayerContent,
  begun: number,
): AsyncGenerator<{ bytes: Buffer; length: number }> {
  let gathered: Buffer[] = [];
  let length = 0;
  let missing = begun;
  const add = (bytes: Buffer) => {
    const rest = bytes.subarray(missing);
    missing -= bytes.length - rest.length;
    if (rest.length > 0) gathered.push(rest);
    length += rest.length;
  };
  add(tarHeader(layerPath(layer.digest), layer.size));
  for await (const chunk of content) {
    if (Buffer.isBuffer(chunk)) add(chunk);
    else length += chunk.size;
    if (length >= BLOCK_SIZE) {
      yield { bytes: Buffer.concat(gathered), length };
      gathered = [];
      length = 0;
    }
  }
  yield { bytes: Buffer.concat([...gathered, tarPadding(layer.size)]), length };
}
