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

/** The `port/protocol`s that an image says it listens on. */
export function exposedPorts(image: InspectedImage | undefined): string[] {
  const { ExposedPorts } = image?.Config ?? {};
  return typeof ExposedPorts === 'object' && ExposedPorts !== null ? Object.keys(ExposedPorts) : [];
}
