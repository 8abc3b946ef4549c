import { type ImageFacts, imageFacts } from '../../engine/images/image-facts.js';
import { isAvailable, type ListedImage, listImages, namesOf } from '../../engine/images/names.js';
import type { Engine } from '../../engine/types.js';
import { repositoryOf } from '../../oci/transfer-reference.js';
import { transferIdOf } from '../base/temporary-names.js';

/** Most images of an engine whose layers are looked up, and how many at a time. */
const IMAGES_ASKED = 200;
const ASKED_AT_ONCE = 8;

/**
 * Requests made over one connection one after the other: opening another connection over ssh takes as long as a few
 * requests.
 */
const ASKED_IN_A_ROW = 4;

/** An image as an engine has it. */
export interface EngineImage {
  facts: ImageFacts;
  /** `repository:tag` each; none for one whose name another image has taken over. */
  names: readonly string[];
  /** Whether a transfer made it, to keep layers. */
  temporary: boolean;
}

/** References of all images of an engine. */
export async function imageNames(engine: Engine): Promise<string[]> {
  return (await listImages(engine)).flatMap(({ RepoTags }) => RepoTags ?? []);
}

/** The images of an engine, the complete ones first. */
export async function allImages(engine: Engine): Promise<EngineImage[]> {
  return inspect(engine, (await completeFirst(engine)).slice(0, IMAGES_ASKED));
}

/**
 * An engine's images, the complete ones first: those of the same repository, and only where these share nothing with the
 * image, all others. So it takes a moment even where there are hundreds; should another share more, the transfer's
 * first probes find out.
 *
 * @param name `repository:tag`
 */
export async function relatedImages(engine: Engine, name: string, image: ImageFacts): Promise<EngineImage[]> {
  const images = await completeFirst(engine);
  const isRelated = ({ RepoTags }: ListedImage) =>
    RepoTags?.some((tag) => repositoryOf(tag) === repositoryOf(name));
  const related = await inspect(engine, images.filter(isRelated));
  const bases = related.map(({ facts }) => facts.diffIds[0]);
  if (bases.some((base) => base !== undefined && base === image.diffIds[0])) return related;
  return inspect(engine, images.slice(0, IMAGES_ASKED));
}

async function completeFirst(engine: Engine): Promise<ListedImage[]> {
  const images = await listImages(engine);
  return images.sort((a, b) => Number(isAvailable(b)) - Number(isAvailable(a)));
}

async function inspect(engine: Engine, images: readonly ListedImage[]): Promise<EngineImage[]> {
  const inspected: (EngineImage | undefined)[] = [];
  const rest = images.entries();
  const ask = async () => {
    for (const [i, image] of rest) {
      const facts = await imageFacts(engine, image.Id);
      const names = namesOf(image);
      const temporary = names.length > 0 && names.every((name) => transferIdOf(name) !== undefined);
      inspected[i] = facts && { facts, names, temporary };
    }
  };
  const connections = Math.min(ASKED_AT_ONCE, Math.ceil(images.length / ASKED_IN_A_ROW));
  await Promise.all(Array.from({ length: connections }, ask));
  return inspected.filter((image) => image !== undefined);
}
