import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { Engine } from '../../engine/types.js';
import { isPlatform } from '../../oci/image-platform.js';
import type { Reference } from '../../oci/reference.js';
import { repositoryOf } from '../../oci/transfer-reference.js';
import type { DeltaBase } from '../base/types.js';
import { LayerIndexes } from '../contents/layer-indexes.js';
import { canRebuild } from '../target/rebuild-container.js';
import { chooseBase, type Wanted } from './base.js';
import { allImages, type EngineImage } from './related-images.js';

/** The image to send, and the engines between which it goes. */
export interface Shipment extends Wanted {
  /** What it is called on the target. */
  there: Reference;
  source: Engine;
  target: Engine;
}

/**
 * Looks for an image of the target whose files need not be sent again, and whose files are known here.
 *
 * @param candidates images of the target
 * @returns the image, or why there is none
 */
export async function findBase(
  { source, target, there, image }: Shipment,
  candidates: readonly EngineImage[],
  indexes = new LayerIndexes(),
): Promise<DeltaBase | { none: string }> {
  if (!target.address.remote) return { none: 'no wire is between the engines' };
  const { os, arch: architecture } = await target.facts();
  if (!canRebuild(os, architecture) || !isPlatform(image.platform, { os, architecture })) {
    return { none: `deltas need an image for linux/amd64 or linux/arm64 on an engine of that kind` };
  }
  const suitable = candidates.filter(
    ({ facts, temporary }) => !temporary && isPlatform(facts.platform, { os, architecture }),
  );
  const known = await indexes.known(suitable.flatMap(({ facts }) => facts.diffIds));
  const choose = (local: readonly EngineImage[]) =>
    chooseBase({ image, reference: there }, suitable, { known, local: local.map(({ facts }) => facts) });
  const isAlike = ({ names }: EngineImage) =>
    names.some((name) => repositoryOf(name) === repositoryOf(there));
  const base = choose([]) ?? (suitable.some(isAlike) ? choose(await allImages(source)) : undefined);
  return base ?? { none: 'the target has no older image whose files are known here' };
}

/** The base, with the image of the source that tells which files are in its layers, if there is one. */
export async function withStored(source: Engine, image: ImageFacts, base: DeltaBase): Promise<DeltaBase> {
  if (!image.folders) return base;
  const stored = (await allImages(source)).find(
    ({ facts }) => facts.folders && base.diffIds.every((diffId) => facts.diffIds.includes(diffId)),
  );
  return { ...base, ...(stored && { stored: stored.facts }) };
}
