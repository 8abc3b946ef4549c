import { imageReference } from '../oci/image-name.js';
import { partsIn, partsOf, type Reference } from '../oci/reference.js';
import { UserError } from '../text/user-error.js';

/** A place in a registry. */
export interface Destination {
  /** Host, with its port where one is given; `docker.io` where the reference names none. */
  registry: string;
  /** The repository as the user wrote it: with the registry, without the tag. */
  repository: string;
  /** The repository within its registry; `library/app` for Docker Hub's `app`. */
  path: string;
  tag: string;
  /** `repository:tag`. */
  reference: Reference;
}

/**
 * @param text repository, or reference with a tag
 * @param tag wins over the tag in `text`; `defaultTag` stands in where there is neither
 * @throws {UserError} `NO_REPOSITORY` for a registry alone, `BAD_NAME` or `BAD_TAG` for what no reference can hold
 */
export function parseDestination(
  text: string,
  { tag, defaultTag }: { tag?: string; defaultTag: string },
): Destination {
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  const [repository, ownTag] = colon === -1 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
  // Docker Hub has no images of such names, which the engine would look for there.
  if (!repository.includes('/') && isRegistry(repository))
    throw new UserError(
      'NO_REPOSITORY',
      `"${text}" names a registry alone: add the repository, such as ${text}/team/app.`,
    );
  const chosen = tag ?? ownTag ?? defaultTag;
  const reference = imageReference(repository, chosen);
  const { registry, path } = partsOf(reference);
  return { registry, repository, path, tag: chosen, reference };
}

function isRegistry(text: string): boolean {
  return (partsIn(`${text}/x`)?.registry ?? 'docker.io') !== 'docker.io';
}
