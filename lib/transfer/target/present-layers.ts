import type { LayerBlob } from '../../oci/blob.js';

/**
 * How many of an image's layers, base first, are there: a binary search, since a layer counts only on those below it.
 * It begins where the answer is most likely, so that a good guess takes two questions.
 *
 * @param has asks whether so many layers are there
 */
export async function countPresent(
  layers: readonly LayerBlob[],
  guess: number,
  has: (layers: readonly LayerBlob[]) => Promise<boolean>,
): Promise<number> {
  let present = 0;
  let absent = layers.length + 1;
  let next = Math.max(1, guess);
  while (absent - present > 1) {
    const count = next > present && next < absent ? next : Math.floor((present + absent) / 2);
    if (await has(layers.slice(0, count))) {
      present = count;
      next = count === guess ? guess + 1 : 0;
    } else {
      absent = count;
      next = 0;
    }
  }
  return present;
}
