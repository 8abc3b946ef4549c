import type { Engine } from '../../engine/types.js';
import { removeRebuildContainers } from '../target/rebuild-container.js';
import { removeTemporaryImages } from '../../engine/image-names.js';

/** Removes from a target what transfers made there that `isLeftover` says yes to. */
export async function removeLeftovers(engine: Engine, isLeftover: (id: string) => boolean): Promise<void> {
  await removeRebuildContainers(engine, isLeftover);
  await removeTemporaryImages(engine, isLeftover);
}
