import { isBlob } from '../../oci/blob.js';
import { isDigest } from '../../oci/digest.js';
import { asReference, partsOf, type Reference } from '../../oci/reference.js';
import { isAtLeast } from '../../text/is-at-least.js';
import { isRefusal } from '../client/errors.js';
import { anything, flag, guarded, list, object, optional, type Shaped, text } from '../client/shape.js';
import { makerOf } from '../makers/index.js';
import type { Engine } from '../types.js';

/** First API version whose list of images says whether each is complete. */
const MANIFESTS_API = '1.47';

const LISTED = object({
  Id: text,
  RepoTags: optional(list(text)),
  /** The file (manifest or index) that the image's ID is the digest of. From API 1.48. */
  Descriptor: optional(guarded(isBlob, 'the description of a file')),
  Manifests: optional(
    list(
      object({
        ID: optional(text),
        Kind: text,
        Available: flag,
        AttestationData: optional(object({ For: guarded(isDigest, 'a digest') })),
      }),
    ),
  ),
});

export type ListedImage = Shaped<typeof LISTED>;

const LIST_TRIES = 5;

type Filters = Record<string, readonly string[]>;

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
    const hiding = await listImages(engine, { reference: [name] });
    if (hiding.length > 0) await addName(engine, image, asReference(name));
  }
}

function addName(engine: Engine, image: string, name: Reference): Promise<boolean> {
  const { repository: repo, tag = 'latest' } = partsOf(name);
  return ifThere(engine.client.json('POST', `/images/${image}/tag`, anything, { query: { repo, tag } }));
}

/**
 * Whether an engine has all of the image of that name. containerd's store shows incomplete images too, to those who
 * inspect them: 26 leaves them out of its list, 28 says in the list that they are not available.
 */
export async function isComplete(engine: Engine, name: string): Promise<boolean> {
  const [image] = await listImages(engine, { reference: [name] });
  return image !== undefined && isAvailable(image);
}

/** The images of an engine, or those that a filter lets through. */
export async function listImages(engine: Engine, filters?: Filters): Promise<ListedImage[]> {
  const facts = await engine.facts();
  const { apiVersion, store } = facts;
  const { familiarName } = makerOf(facts);
  const query: Record<string, string> = filters ? { filters: JSON.stringify(filters) } : {};
  if (store === 'containerd' && isAtLeast(apiVersion, MANIFESTS_API)) query.manifests = '1';
  for (let tries = 1; ; tries++) {
    try {
      const images = await engine.client.json('GET', '/images/json', optional(list(LISTED)), { query });
      return (images ?? []).map((image) => ({ ...image, RepoTags: image.RepoTags?.map(familiarName) }));
    } catch (error) {
      // containerd's store looks at the files of each image, and refuses the list when one is removed meanwhile.
      if (!isRefusal(error, 404) || tries === LIST_TRIES) throw error;
    }
  }
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
export async function untagImage(engine: Engine, name: string): Promise<void> {
  await ifThere(engine.client.json('DELETE', `/images/${name}`, anything, { query: { noprune: '1' } }));
}

/**
 * Removes a name of an image; with its last name, the image goes, and all its parents that nothing else uses.
 *
 * @returns false where there is no such image
 * @throws {EngineRefusal} with status 409 where a container needs it
 */
export async function removeImage(engine: Engine, name: string): Promise<boolean> {
  const remove = (one: string) => ifThere(engine.client.json('DELETE', `/images/${one}`, anything), 404);
  for (const hiding of makerOf(await engine.facts()).hidingNames(name)) await remove(hiding);
  return remove(name);
}

/** Whether the image that a call is about is there (404) and free (409). */
async function ifThere(call: Promise<unknown>, ...missing: number[]): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isRefusal(error, ...(missing.length > 0 ? missing : [404, 409]))) return false;
    throw error;
  }
}
