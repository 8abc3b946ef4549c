import type { Engine } from './types.js';
import { callEngine, statusOf } from './call.js';
import { compareVersions } from './facts.js';

/** First API version that lists, with an image, what is there of it. */
const MANIFESTS_API = '1.47';

/**
 * Gives an image a further name.
 *
 * @param reference `repository:tag`
 * @returns false where there is no such image
 */
export async function tagImage(engine: Engine, id: string, reference: string): Promise<boolean> {
  const colon = reference.lastIndexOf(':');
  const query = { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  return ifThere(callEngine(engine, 'POST', `/images/${id}/tag`, { query }));
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
  const { apiVersion, store } = await engine.facts();
  const query: Record<string, string> = filters ? { filters: JSON.stringify(filters) } : {};
  if (store === 'containerd' && compareVersions(apiVersion, MANIFESTS_API) >= 0) query.manifests = '1';
  return callEngine<ListedImage[]>(engine, 'GET', '/images/json', { query });
}

/** Whether all files of a listed image are there, as far as the engine tells. */
export function isAvailable({ Manifests }: ListedImage): boolean {
  const manifests = Manifests?.filter(({ Kind }) => Kind === 'image');
  return manifests === undefined || manifests.some(({ Available }) => Available);
}

/** Removes a name, and the image with its last name; nothing happens where there is none. */
export async function untagImage(engine: Engine, name: string): Promise<void> {
  await ifThere(callEngine(engine, 'DELETE', `/images/${name}`, { query: { noprune: '1' } }));
}

type Filters = Record<string, readonly string[]>;

export interface ListedImage {
  Id: string;
  RepoTags?: string[] | null;
  Manifests?: { Kind: string; Available: boolean }[];
}

/** `repository:tag` each; none for an image whose name another has taken over. */
export function namesOf({ RepoTags }: ListedImage): string[] {
  return (RepoTags ?? []).filter((name) => name !== '<none>:<none>');
}

/** Whether the image that a call is about is there (404) and free (409). */
async function ifThere(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if ([404, 409].includes(statusOf(error) ?? 0)) return false;
    throw error;
  }
}
