import { didYouMean } from '../did-you-mean.js';
import type { Engine } from '../engine/types.js';
import { UserError } from '../user-error.js';
import { imageFacts } from './image-facts.js';
import { isAvailable, isComplete, listImages, type ListedImage } from './image-names.js';
import { layerSizes } from './layer-sizes.js';
import { layerStates } from './layer-states.js';
import { formatPlatform, isPlatform, parsePlatform } from './platform.js';
import { completeReference, repositoryOf } from './reference.js';
import type { ImageFacts, LayerState, Platform, PlannedLayer, TransferPlan } from './types.js';

export interface TransferOptions {
  /**
   * `os/architecture[/variant]`: which image, of one that has several platforms, to send; also what allows one that the
   * target cannot run. Without it, the target's own platform.
   */
  platform?: string;
}

/** So many of the target's images are asked for their layers, so many at a time. */
const IMAGES_ASKED = 200;
const ASKED_AT_ONCE = 8;

/**
 * What a transfer of an image from one engine to another will do. Asks both engines, changes nothing.
 *
 * @param reference `name[:tag]`
 * @throws UserError `BAD_REFERENCE`, `NO_SUCH_IMAGE`, `BAD_PLATFORM`, `NO_SUCH_PLATFORM`, `FOREIGN_PLATFORM`
 */
export async function planTransfer(
  source: Engine,
  target: Engine,
  reference: string,
  options: TransferOptions = {},
): Promise<TransferPlan> {
  const name = completeReference(reference);
  const wanted = options.platform === undefined ? undefined : parsePlatform(options.platform);
  const [image, existing, { store }] = await Promise.all([
    sourceImage(source, target, name, wanted),
    imageFacts(target, name),
    target.facts(),
  ]);

  const same = existing !== undefined && (await isSame(source, target, name, image, existing));
  const alreadyThere = same ? existing.id : undefined;
  const sizes = await layerSizes(source, name, image.diffIds.length);
  const others = same ? [] : await othersOn(target, name, image);
  const chains = others.map(({ diffIds }) => diffIds);
  const states = same ? image.diffIds.map(() => 'there' as const) : layerStates(image.diffIds, chains, store);
  const layers = image.diffIds.map((diffId, i) => ({ diffId, size: sizes[i], state: states[i]! }));
  const related = others.filter(({ manifest, diffIds }) => manifest && sharesLayers(diffIds, image.diffIds));
  return {
    source,
    target,
    reference: name,
    image,
    alreadyThere,
    layers,
    related,
    bytes: bytesToSend(layers),
  };
}

/** The image on the source, in the platform that was asked for or that the target runs. */
async function sourceImage(
  source: Engine,
  target: Engine,
  name: string,
  wanted: Platform | undefined,
): Promise<ImageFacts> {
  const { os, arch: architecture } = await target.facts();
  const suitable = wanted ?? { os, architecture };
  // What an engine has for other platforms alone is found only without asking for one.
  const image = (await imageFacts(source, name, suitable)) ?? (await imageFacts(source, name));
  if (!image) throw await noSuchImage(source, name);
  if (isPlatform(image.platform, suitable)) return image;

  const has = formatPlatform(image.platform);
  if (wanted) {
    const sentence = `The image ${name} on ${source.address.url} is for ${has}, not for ${formatPlatform(wanted)}`;
    throw new UserError('NO_SUCH_PLATFORM', `${sentence}: build or pull it for that platform first.`);
  }
  throw new UserError(
    'FOREIGN_PLATFORM',
    `The image ${name} is for ${has}, but the engine at ${target.address.url} runs ${formatPlatform(suitable)}: ` +
      `build it for that platform, or say --platform ${has} to send it all the same.`,
  );
}

async function noSuchImage(source: Engine, name: string): Promise<UserError> {
  const images = await listImages(source);
  const hint = didYouMean(
    name,
    images.flatMap(({ RepoTags }) => RepoTags ?? []),
  );
  return new UserError(
    'NO_SUCH_IMAGE',
    `There is no image ${name} on the engine at ${source.address.url}${hint}: build or pull it first.`,
  );
}

/** Whether the target's image of that name is the source's, and complete. */
async function isSame(
  source: Engine,
  target: Engine,
  name: string,
  image: ImageFacts,
  existing: ImageFacts,
): Promise<boolean> {
  const stores = await Promise.all([source, target].map(async (engine) => (await engine.facts()).store));
  // IDs of different stores are digests of different things.
  const comparable = stores.every((store) => store === 'graphdriver');
  if (comparable ? image.id !== existing.id : image.likeness !== existing.likeness) return false;
  return isComplete(target, name);
}

/**
 * The target's images, the complete ones first: those of the same repository, and only where these share nothing with the image,
 * all others. So it takes a moment even where there are hundreds; should another share more, the transfer's first
 * probes find out.
 */
async function othersOn(target: Engine, name: string, image: ImageFacts): Promise<ImageFacts[]> {
  const images = (await listImages(target)).sort((a, b) => Number(isAvailable(b)) - Number(isAvailable(a)));
  const isRelated = ({ RepoTags }: ListedImage) =>
    RepoTags?.some((tag) => repositoryOf(tag) === repositoryOf(name));
  const related = await factsOf(target, images.filter(isRelated));
  if (related.some(({ diffIds }) => diffIds.length > 0 && diffIds[0] === image.diffIds[0])) return related;
  return factsOf(target, images.slice(0, IMAGES_ASKED));
}

async function factsOf(target: Engine, images: readonly ListedImage[]): Promise<ImageFacts[]> {
  const facts: (ImageFacts | undefined)[] = [];
  const rest = images.entries();
  const ask = async () => {
    for (const [i, { Id }] of rest) facts[i] = await imageFacts(target, Id);
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, ask));
  return facts.filter((one) => one !== undefined);
}

function sharesLayers(some: readonly string[], others: readonly string[]): boolean {
  return some.some((diffId) => others.includes(diffId));
}

function bytesToSend(layers: readonly PlannedLayer[]): TransferPlan['bytes'] {
  const sum = (...states: LayerState[]) =>
    layers.filter(({ state }) => states.includes(state)).reduce((bytes, { size = 0 }) => bytes + size, 0);
  return { least: sum('missing'), most: sum('missing', 'probe') };
}
