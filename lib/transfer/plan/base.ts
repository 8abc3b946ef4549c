import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { DiffId } from '../../oci/digest.js';
import { repositoryOf } from '../../oci/transfer-reference.js';
import type { DeltaBase } from '../base/types.js';
import { sharedLength } from './layer-states.js';

/** An image that the target has. */
export interface Candidate {
  facts: ImageFacts;
  /** Its references, `repository:tag`. */
  names: readonly string[];
}

/** The image to send. */
export interface Wanted {
  image: ImageFacts;
  /** `repository:tag` */
  reference: string;
}

/** What is known of the contents of layers. */
interface Knowledge {
  /** Diff IDs of layers whose content is known. */
  known: ReadonlySet<DiffId>;
  /** Images of the source, in which the content of others can be looked up. */
  local: readonly ImageFacts[];
}

/**
 * The image of the target that has most in common with the one to send: an older one of the same name or repository,
 * else one with the same lower layers. It has to have layers of its own whose content is known or can be looked up.
 */
export function chooseBase(
  wanted: Wanted,
  candidates: readonly Candidate[],
  { known, local }: Knowledge,
): DeltaBase | undefined {
  const ranked = candidates
    .map((candidate) => ({ ...candidate, ...likeness(wanted, candidate) }))
    .filter(({ rank, shared, facts }) => rank > 0 && facts.diffIds.length > shared)
    .sort((a, b) => b.rank - a.rank || b.shared - a.shared);
  for (const { facts, names, rank, shared } of ranked) {
    const diffIds = facts.diffIds.slice(shared);
    const unknown = diffIds.filter((diffId) => !known.has(diffId));
    const readFrom = local.find((one) => unknown.every((diffId) => one.diffIds.includes(diffId)));
    const base = { id: facts.id, name: names[0] ?? facts.id, diffIds, volumes: facts.volumes };
    if (unknown.length === 0) return base;
    // Reading unknown layers from the source takes long, and pays only if the images are surely alike: not where they
    // merely share lower layers (rank 1).
    if (rank > 1 && readFrom) return { ...base, readFrom };
  }
  return undefined;
}

function likeness({ image, reference }: Wanted, { facts, names }: Candidate) {
  const shared = sharedLength(image.diffIds, facts.diffIds);
  const isOfRepository = names.some((name) => repositoryOf(name) === repositoryOf(reference));
  const rank = names.includes(reference) ? 3 : isOfRepository ? 2 : shared > 0 ? 1 : 0;
  return { rank, shared };
}
