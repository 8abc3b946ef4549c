import { type ImageFacts, imageFacts } from '../../engine/images/image-facts.js';
import { layerSizes } from '../../engine/images/layer-sizes.js';
import { isComplete } from '../../engine/images/names.js';
import { savesPlatform } from '../../engine/images/saved-archive.js';
import { makerOf } from '../../engine/makers/index.js';
import type { Maker } from '../../engine/makers/maker.js';
import { storeOf } from '../../engine/stores.js';
import type { Engine } from '../../engine/types.js';
import { formatPlatform, isPlatform, parsePlatform, type Platform } from '../../oci/image-platform.js';
import type { Reference } from '../../oci/reference.js';
import { completeReference } from '../../oci/transfer-reference.js';
import { didYouMean } from '../../text/did-you-mean.js';
import { UserError } from '../../text/user-error.js';
import type { PlannedLayer, TransferPlan } from '../base/types.js';
import { attestationsOf, hasAttestations } from './attested.js';
import { findBase, type Shipment, withStored } from './find-base.js';
import { layerStates } from './layer-states.js';
import { type EngineImage, imageNames, relatedImages } from './related-images.js';

export interface TransferOptions {
  /**
   * `os/architecture[/variant]`: which image, of one that has several platforms, to send; also what allows one that the
   * target cannot run. Without it, the target's own platform.
   */
  platform?: string;
  /** `repository:tag` that the target is to have it under; the same as on the source unless given. */
  as?: Reference;
  /** Whether of layers only that may be sent which an image of the target does not have; true unless given. */
  delta?: boolean;
}

/**
 * What a transfer of an image from one engine to another will do. Asks both engines, changes nothing.
 *
 * @param reference `name[:tag]`
 * @throws {UserError} `BAD_REFERENCE`, `NO_SUCH_IMAGE`, `BAD_PLATFORM`, `NO_SUCH_PLATFORM`, `FOREIGN_PLATFORM`
 */
export async function planTransfer(
  source: Engine,
  target: Engine,
  reference: string,
  options: TransferOptions = {},
): Promise<TransferPlan> {
  const name = completeReference(reference);
  const { as: there = name } = options;
  const wanted = wantedPlatform(options);
  const [image, existing, facts] = await Promise.all([
    sourceImage(source, target, name, wanted),
    imageFacts(target, there),
    target.facts(),
  ]);

  const shipment = { source, target, reference: name, there, image };
  const attestations = await attestationsOf(shipment);
  const same =
    existing !== undefined &&
    (await isSame(shipment, existing)) &&
    (await hasAttestations(shipment, attestations));
  const alreadyThere = same ? existing.id : undefined;
  const sizes = await layerSizes(source, name, image.diffIds.length);
  const others = same ? [] : await relatedImages(target, there, image);
  const chains = others.map(({ facts }) => facts.diffIds);
  const states = same
    ? image.diffIds.map((diffId) => ({ diffId, state: 'there' as const }))
    : layerStates(image.diffIds, chains, storeOf(facts));
  const wantsDelta = options.delta !== false && states.some(({ state }) => state !== 'there');
  const base = whyNoDelta(wantsDelta, attestations, makerOf(facts)) ?? (await findBase(shipment, others));
  const layers = states.map((layer, i) => {
    const size = sizes[i];
    return { ...layer, size, way: wayOf({ size }, base) };
  });
  // Only a delta needs a base, and looking for one lists all images of the source.
  const hasDelta = layers.some(({ state, way }) => state !== 'there' && way === 'delta');
  const related = usableFiles(others, image, attestations);
  return {
    source,
    target,
    reference: name,
    there,
    platform: await platformToSave(source, wanted),
    image,
    alreadyThere,
    attestations,
    layers,
    related,
    base: 'none' in base || !hasDelta ? base : await withStored(source, image, base),
    bytes: bytesToSend(layers),
  };
}

function wantedPlatform({ platform }: TransferOptions): Platform | undefined {
  return platform === undefined ? undefined : parsePlatform(platform);
}

/** The platform as the docker CLI takes it for a save; undefined where the engine would refuse that. */
async function platformToSave(source: Engine, wanted: Platform | undefined): Promise<string | undefined> {
  return wanted && (await savesPlatform(source)) ? formatPlatform(wanted) : undefined;
}

type Attestations = TransferPlan['attestations'];

function whyNoDelta(
  isWanted: boolean,
  attestations: Attestations,
  { noDeltas }: Maker,
): { none: string } | undefined {
  if (attestations?.kept) return { none: 'what is attested of the image is of these very files' };
  if (!isWanted) return { none: 'no delta is wanted' };
  return noDeltas === undefined ? undefined : { none: noDeltas };
}

/**
 * Images of the target that share layers with the image, and whose stored files can be read. Their files can be
 * used in place of the source's.
 */
function usableFiles(
  others: readonly EngineImage[],
  image: ImageFacts,
  attestations: Attestations,
): ImageFacts[] {
  // Attestations name the source's own files by digest, so the target has to get exactly those.
  if (attestations?.kept) return [];
  return others
    .map(({ facts }) => facts)
    .filter(({ manifest, diffIds }) => manifest && sharesLayers(diffIds, image.diffIds));
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
  // An engine may have the image for other platforms only: then it is found without a platform in the request.
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
  const hint = didYouMean(name, await imageNames(source));
  return new UserError(
    'NO_SUCH_IMAGE',
    `There is no image ${name} on the engine at ${source.address.url}${hint}: build or pull it first.`,
  );
}

/** Whether the target has this very image, complete, under this name. */
async function isSame({ source, target, there, image }: Shipment, existing: ImageFacts): Promise<boolean> {
  const stores = await Promise.all([source, target].map(async (engine) => storeOf(await engine.facts())));
  // In containerd's store an ID is the digest of another file than elsewhere, and may be that of any of several.
  const comparable = stores.every(({ idOf }) => idOf === 'config');
  if (comparable ? image.id !== existing.id : image.likeness !== existing.likeness) return false;
  return isComplete(target, there);
}

function sharesLayers(some: readonly string[], others: readonly string[]): boolean {
  return some.some((diffId) => others.includes(diffId));
}

/** Layers of fewer bytes than this are sent whole, because a delta would save little. */
const SMALLEST_DELTA = 8 * 2 ** 20;

function wayOf(layer: { size?: number }, base: TransferPlan['base']): PlannedLayer['way'] {
  return 'none' in base || (layer.size ?? Infinity) < SMALLEST_DELTA ? 'whole' : 'delta';
}

function bytesToSend(layers: readonly PlannedLayer[]): TransferPlan['bytes'] {
  const sum = (some: readonly PlannedLayer[]) => some.reduce((bytes, { size = 0 }) => bytes + size, 0);
  const missing = layers.filter(({ state }) => state === 'missing');
  return {
    least: sum(missing.filter(({ way }) => way === 'whole')),
    most: sum([...missing, ...layers.filter(({ state }) => state === 'probe')]),
  };
}
