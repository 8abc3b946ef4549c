import { cleanPath } from '../../oci/tar-reader.js';
import type { KnownContent } from '../stores/changed-contents.js';
import type { SplitFile } from '../stores/tar-split.js';
import type { LayerIndex } from './layer-index.js';

/** Contents of files by their {@link keyOf}. */
export type KnownFiles = ReadonlyMap<string, KnownContent>;

/** What files of equal content have in common, as far as a source tells without reading them. */
export function keyOf({ size, checksum }: SplitFile): string {
  return `${size} ${checksum}`;
}

/**
 * What is known of the files of an image's layers.
 *
 * @param stored the files of each layer, with their checksums
 * @param indexes of the same layers
 */
export function knownFiles(
  stored: readonly (readonly SplitFile[])[],
  indexes: readonly LayerIndex[],
): KnownFiles {
  const known = new Map<string, KnownContent>();
  for (const [i, { files }] of indexes.entries()) {
    const contents = new Map<string, KnownContent>();
    for (const { path, size, blocks } of files) contents.set(path, { size, blocks });
    for (const file of stored[i] ?? []) {
      const content = contents.get(cleanPath(file.path) ?? '');
      if (content?.size === file.size) known.set(keyOf(file), content);
    }
  }
  return known;
}
