import type { LayerBlob } from '../../oci/blob.js';
import { DeltaFailed } from '../base/failures.js';
import type { LayerIndexes } from '../contents/layer-indexes.js';
import { type LayerContent, PlainLayer } from '../contents/plain-layer.js';
import type { LayerOrder } from '../packing/layer-order.js';
import type { Pace } from '../packing/pace.js';
import { fanOut } from './fan-out.js';

/**
 * Writes a layer into every order (see {@link fanOut}). What is in one that goes over a wire is remembered: the next
 * version of it may be much the same.
 */
export async function shareLayer(
  layer: LayerBlob,
  content: LayerContent,
  orders: readonly LayerOrder[],
  { indexes, othersWait, pace }: { indexes: LayerIndexes; othersWait?: () => boolean; pace?: Pace },
): Promise<void> {
  const needing = orders.filter(({ form }) => form.contents === 'needed');
  const canRead = PlainLayer.canRead(layer);
  if (!canRead)
    for (const order of needing)
      order.fail(new DeltaFailed(`layers of ${layer.mediaType} are not taken apart`));
  const worthwhile = orders.some(({ form }) => form.contents === 'remembered');
  const isNew = async () => (await indexes.known([layer.diffId])).size === 0;
  const wanted = canRead && (needing.length > 0 || (worthwhile && (await isNew())));
  const plain = wanted ? new PlainLayer(layer) : undefined;
  await fanOut(layer, content, orders, { plain, othersWait, pace });
  const index = await plain?.index();
  if (index) await indexes.put(layer.diffId, index);
}
