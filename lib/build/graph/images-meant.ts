import { partsIn } from '../../oci/reference.js';
import type { GraphImage } from './graph-image.js';

const BUILDER = '-builder';

/**
 * The images of the project that a reference means, whatever its tag: the one with that tag where there is one, else
 * all of that repository. `<repository>-builder` means the image whose builder stage it is.
 */
export function imagesMeant(reference: string, images: readonly GraphImage[]): GraphImage[] {
  const { repository, tag } = partsIn(reference) ?? {};
  let named = imagesOf(repository, images);
  if (named.length === 0 && repository?.endsWith(BUILDER)) {
    named = imagesOf(repository.slice(0, -BUILDER.length), images);
  }
  const exact = named.filter((image) => image.tag === tag);
  return exact.length > 0 ? exact : named;
}

function imagesOf(repository: string | undefined, images: readonly GraphImage[]): GraphImage[] {
  return images.filter((image) => partsIn(image.repository)?.repository === repository);
}
