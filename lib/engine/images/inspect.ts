import type { Platform } from '../../oci/image-platform.js';
import type { Engine } from '../types.js';
import type { InspectedImage } from './shapes.js';

export type { InspectedImage } from './shapes.js';

/** What an engine says of an image; undefined where it has none of that name, or none of it for `platform`. */
export function inspectImage(
  engine: Engine,
  reference: string,
  platform?: Platform,
): Promise<InspectedImage | undefined> {
  return engine.images.inspect(reference, platform);
}
