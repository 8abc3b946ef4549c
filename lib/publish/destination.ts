import { registryHost } from '../oci/registry-host.js';
import { checkReference } from '../project/reference.js';
import { UserError } from '../text/user-error.js';

/** A place in a registry. */
export interface Destination {
  /** Host, with its port where one is given; `docker.io` where the reference names none. */
  registry: string;
  /** As it was given: with the registry, without the tag. */
  repository: string;
  /** The repository without the registry. */
  path: string;
  tag: string;
  /** `repository:tag`. */
  reference: string;
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
  const [, repository = '', ownTag] = /^(.*?)(?::([^/]*))?$/s.exec(text) ?? [];
  // Docker Hub has no images of such names, which the engine would look for there.
  if (!repository.includes('/') && registryHost(`${repository}/`) !== 'docker.io')
    throw new UserError(
      'NO_REPOSITORY',
      `"${text}" names a registry alone: add the repository, such as ${text}/team/app.`,
    );
  const chosen = tag ?? ownTag ?? defaultTag;
  checkReference(repository, chosen);
  const registry = registryHost(repository);
  const path = repository.startsWith(`${registry}/`) ? repository.slice(registry.length + 1) : repository;
  return { registry, repository, path, tag: chosen, reference: `${repository}:${chosen}` };
}
