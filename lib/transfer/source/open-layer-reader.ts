import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { Engine } from '../../engine/types.js';
import { ExcerptReader } from './excerpt-reader.js';
import type { LayerReader, Reading } from './layer-reader.js';
import { StoredLayers } from './overlay2-reader.js';
import { MOST_KEPT } from './small-layers.js';

/** From an engine on this machine, layers are read singly only if they are at most this part of the image's bytes. */
const SMALL_PART = 0.5;

/** Average bytes of image for each wanted layer, up to which saving the whole image in one request is faster. */
const WHOLE_A_LAYER = 8 * 2 ** 20;

/**
 * Whether the layers that are wanted are so many and so small that the whole image had better be read: each that is read
 * alone takes an engine with a graph driver two requests, and for each request it mounts the folders of all layers.
 *
 * @param layers all of the image, as far as their sizes are known
 */
export function areManySmall(layers: readonly { size?: number; wanted: boolean }[]): boolean {
  const bytes = (some: typeof layers) => some.reduce((sum, { size = Infinity }) => sum + size, 0);
  const wanted = layers.filter((layer) => layer.wanted);
  // Only layers that fit into memory: those are kept whatever their order in the archive, so that one pass is enough.
  return bytes(wanted) <= MOST_KEPT && bytes(layers) <= wanted.length * WHOLE_A_LAYER;
}

/**
 * Whether some layers of an image had better be read alone. They come at once, while an engine with a graph driver saves the
 * whole image before it gives any of it away; but many files take it twice as long that way, which counts where no wire
 * is slower.
 *
 * @param wanted about how many bytes are
 * @param layers all of the image, as far as their sizes are known
 */
export function isReadAlone(
  source: Engine,
  image: ImageFacts,
  wanted: number,
  layers: readonly { size?: number }[],
): boolean {
  if (image.manifest || source.address.remote) return true;
  return wanted <= SMALL_PART * layers.reduce((sum, { size = 0 }) => sum + size, 0);
}

/** @returns undefined where the engine has no way to read single layers, or does not allow it */
export async function openLayerReader(reading: Reading): Promise<LayerReader | undefined> {
  const { manifest } = reading.image;
  return manifest ? new ExcerptReader(reading, manifest) : StoredLayers.open(reading);
}
