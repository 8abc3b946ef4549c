import type { KnownContent } from '../stores/changed-contents.js';
import type { SplitFile } from '../stores/tar-split.js';
import { cleanPath } from '../../oci/tar-reader.js';
import type { LayerIndex } from './layer-index.js';

/** Contents of files by their {@link keyOf}: those of small files themselves. */
export type KnownFiles = ReadonlyMap<string, KnownContent | Buffer>;

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
  const known = new Map<string, KnownContent | Buffer>();
  for (const [i, { files, small }] of indexes.entries()) {
    const contents = new Map<string, KnownContent | Buffer>();
    for (const { path, size, blocks } of files) contents.set(path, { size, blocks });
    for (const { path, bytes } of small) contents.set(path, Buffer.from(bytes, 'base64'));
    for (const file of stored[i] ?? []) {
      const content = contents.get(cleanPath(file.path) ?? '');
      const size = Buffer.isBuffer(content) ? content.length : content?.size;
      if (size === file.size) known.set(keyOf(file), content!);
    }
  }
  return known;
}
