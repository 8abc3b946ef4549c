import type { GraphImage } from './graph-image.js';

const BUILDER = '-builder';

/**
 * The images of the project that a reference means, whatever its tag: the one with that tag where there is one, else
 * all of that repository. `<repository>-builder` means the image whose builder stage it is.
 */
export function imagesMeant(reference: string, images: readonly GraphImage[]): GraphImage[] {
  const { repository, tag } = partsOf(reference);
  let named = images.filter((image) => familiar(image.repository) === repository);
  if (named.length === 0 && repository.endsWith(BUILDER)) {
    const built = repository.slice(0, -BUILDER.length);
    named = images.filter((image) => familiar(image.repository) === built);
  }
  const exact = named.filter((image) => image.tag === tag);
  return exact.length > 0 ? exact : named;
}

/** Repository, as short as docker shows it, and tag of a reference. */
export function partsOf(reference: string): { repository: string; tag?: string } {
  const [name] = reference.split('@') as [string];
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  if (colon < 0) return { repository: familiar(name) };
  return { repository: familiar(name.slice(0, colon)), tag: name.slice(colon + 1) };
}

function familiar(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
}
