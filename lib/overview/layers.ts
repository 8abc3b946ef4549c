import type { LayerOrigin } from '../engine/images/layer-sizes.js';
import { madeBy } from './made-by.js';

/** A layer of an image of the project. */
export interface Layer {
  diffId: string;
  /** Uncompressed bytes, about, where the image's history tells. */
  size?: number;
  /** The instruction that made it, where the history tells. */
  madeBy?: string;
  /** Names of the project's other images that have it. */
  sharedWith: readonly string[];
}

/** An image with its layers, which are diff IDs, the lowest first. */
interface Layered {
  name: string;
  layers: readonly string[];
}

/**
 * The layers of an image, and which others have them too. Engines share a layer where all below it are the same, so what counts
 * is how many of the first are equal.
 *
 * @param origins of each layer
 * @param others images of the project; the image itself may be among them
 */
export function describeLayers(
  { name, layers }: Layered,
  origins: readonly (LayerOrigin | undefined)[],
  others: readonly Layered[],
): Layer[] {
  const shared = others
    .filter((other) => other.name !== name)
    .map((other) => ({ name: other.name, count: sharedCount(layers, other.layers) }));
  return layers.map((diffId, index) => {
    const origin = origins[index];
    return {
      diffId,
      ...(origin && { size: origin.size, madeBy: madeBy(origin.madeBy) }),
      sharedWith: shared.filter(({ count }) => count > index).map((other) => other.name),
    };
  });
}

/** How many of the first layers are the same. */
export function sharedCount(some: readonly string[], others: readonly string[]): number {
  const end = some.findIndex((diffId, index) => diffId !== others[index]);
  return end === -1 ? some.length : end;
}

/** Bytes of those layers whose size is known. */
export function sizeOf(layers: readonly Pick<Layer, 'size'>[]): number {
  return layers.reduce((sum, { size = 0 }) => sum + size, 0);
}
