import { asReference, partsOf, type Reference } from '../../oci/reference.js';
import { ifThere } from '../client/if-there.js';
import { anything } from '../client/shape.js';
import { makerOf } from '../makers/index.js';
import type { Engine } from '../types.js';
import { type ListedImage, REMOVED } from './shapes.js';

export type { ListedImage } from './shapes.js';

/**
 * Gives an image a further name.
 *
 * @param reference `repository:tag`
 * @returns false where there is no such image
 */
export async function tagImage(engine: Engine, image: string, reference: Reference): Promise<boolean> {
  const isThere = await addName(engine, image, reference);
  if (isThere) await uncoverName(engine, image, reference);
  return isThere;
}

/** Gives an image the names, too, that hide a short name of it on this engine, if another image has them. */
export async function uncoverName(engine: Engine, image: string, reference: string): Promise<void> {
  for (const name of makerOf(await engine.facts()).hidingNames(reference)) {
    const hiding = await listImages(engine, [name]);
    if (hiding.length > 0) await addName(engine, image, asReference(name));
  }
}

function addName(engine: Engine, image: string, name: Reference): Promise<boolean> {
  const { repository: repo, tag = 'latest' } = partsOf(name);
  const call = engine.client.json('POST', `/images/${image}/tag`, anything, { query: { repo, tag } });
  return isDone(call, 404, 409);
}

/**
 * Whether an engine has all of the image of that name. containerd's store shows incomplete images too, to those who
 * inspect them: 26 leaves them out of its list, 28 says in the list that they are not available.
 */
export async function isComplete(engine: Engine, name: string): Promise<boolean> {
  const [image] = await listImages(engine, [name]);
  return image !== undefined && isAvailable(image);
}

/** The images of an engine, or those of these names or repositories. */
export function listImages(engine: Engine, references?: readonly string[]): Promise<ListedImage[]> {
  return engine.images.list(references);
}

/** Whether all files of a listed image are there, as far as the engine tells. */
export function isAvailable({ Manifests }: ListedImage): boolean {
  const manifests = Manifests?.filter(({ Kind }) => Kind === 'image');
  return manifests === undefined || manifests.some(({ Available }) => Available);
}

/** `repository:tag` each; none for an image whose name another has taken over. */
export function namesOf({ RepoTags }: ListedImage): string[] {
  return (RepoTags ?? []).filter((name) => name !== '<none>:<none>');
}

/** Removes a name, and the image with its last name; nothing happens where there is none. */
export function untagImage(engine: Engine, name: string): Promise<void> {
  return engine.images.untag(name);
}

/**
 * Removes a name of an image; with its last name, the image goes, and all its parents that nothing else uses.
 *
 * @param force whether Docker is to remove it although a container of it is there that has ended
 * @returns false where there is no such image
 * @throws {EngineRefusal} with status 409 where a container needs it
 */
export async function removeImage(
  engine: Engine,
  name: string,
  { force = false }: { force?: boolean } = {},
): Promise<boolean> {
  const options = force ? { query: { force: '1' } } : {};
  const remove = (one: string) =>
    isDone(engine.client.json('DELETE', `/images/${one}`, REMOVED, options), 404);
  for (const hiding of makerOf(await engine.facts()).hidingNames(name)) await remove(hiding);
  return remove(name);
}

/** Whether the image that a call is about is there, and none of these statuses refuses it. */
async function isDone(call: Promise<unknown>, ...missing: readonly number[]): Promise<boolean> {
  const done = call.then(() => true);
  return (await ifThere(done, ...missing)) ?? false;
}
