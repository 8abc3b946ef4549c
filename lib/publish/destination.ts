import { registryHost } from '../engine/registry-host.js';
import { UserError } from '../user-error.js';

/** A place in a registry. */
export interface Destination {
  /** Host, with its port where one is given; `docker.io` where the reference names none. */
  registry: string;
  /** As it was given, with the registry and without the tag. */
  repository: string;
  tag: string;
  /** `repository:tag`. */
  reference: string;
}

// distribution/reference: https://github.com/distribution/reference/blob/main/reference.go
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * @param text repository, or reference with a tag
 * @param tag wins over the tag in `text`; `defaultTag` stands in where there is neither
 * @throws {UserError} `BAD_REFERENCE`
 */
export function parseDestination(
  text: string,
  { tag, defaultTag }: { tag?: string; defaultTag: string },
): Destination {
  const [, repository = '', ownTag] = /^(.*?)(?::([^/]*))?$/s.exec(text) ?? [];
  const chosen = tag ?? ownTag ?? defaultTag;
  const registry = registryHost(repository);
  const path = repository.startsWith(`${registry}/`) ? repository.slice(registry.length + 1) : repository;
  if (!path.split('/').every((component) => COMPONENT.test(component)))
    throw new UserError(
      'BAD_REFERENCE',
      `"${text}" is no place to publish to: a repository is written [registry/]path, in lower case, without a scheme.`,
    );
  if (!TAG.test(chosen))
    throw new UserError(
      'BAD_REFERENCE',
      `"${chosen}" cannot be a tag: only letters, digits, "_", "." and "-", at most 128, the first no "." or "-".`,
    );
  return { registry, repository, tag: chosen, reference: `${repository}:${chosen}` };
}
