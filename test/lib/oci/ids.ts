import { type DiffId, digestOf, type ImageId, imageIdOf, plainDiffId } from '../../../lib/oci/digest.js';

/** The diff ID of a layer that tests call by a word. */
export function diffId(word: string): DiffId {
  return plainDiffId(digestOf(word));
}

/** The ID of an image that tests call by a word. */
export function imageId(word: string): ImageId {
  return imageIdOf(digestOf(word));
}
