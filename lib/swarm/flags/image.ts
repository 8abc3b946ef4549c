import { partsIn } from '../../oci/reference.js';

/**
 * An image as the docker CLI names it in a service: without what Docker Hub's names do not need, and with the tag
 * `latest` where there is neither tag nor digest. A text that is no reference stays as it is.
 */
export function serviceImage(text: string): string {
  const parts = partsIn(text);
  if (!parts) return text;
  const { registry, path, repository, tag, digest } = parts;
  const official = /^library\/([^/]+)$/.exec(path)?.[1];
  const name = registry === 'docker.io' ? (official ?? path) : repository;
  const shownTag = tag === undefined && digest === undefined ? 'latest' : tag;
  return name + (shownTag === undefined ? '' : `:${shownTag}`) + (digest === undefined ? '' : `@${digest}`);
}
