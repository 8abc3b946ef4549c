import type { Form } from '../packing/packer.js';
import type { FindKnown, KnownContent } from '../stores/changed-contents.js';
import type { SplitFile } from '../stores/tar-split.js';
import { cleanPath } from '../../oci/tar-reader.js';
import type { DeltaForm } from '../packing/delta-packer.js';
import type { LayerIndex } from './layer-index.js';

/** Contents of files by {@link keyOf} them: those of small files themselves. */
export type KnownFiles = ReadonlyMap<string, KnownContent | Buffer>;

function keyOf({ size, checksum }: SplitFile): string {
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

/** Finds what every one of these hosts has; undefined where one of them wants a layer's very bytes. */
export function knownToAll(forms: readonly Form[]): FindKnown | undefined {
  const all = forms.filter(isDeltaOfKnown);
  const [first] = all;
  if (!first || all.length < forms.length) return undefined;
  return (file) => {
    const content = first.known.get(keyOf(file));
    if (content === undefined || Buffer.isBuffer(content)) return content;
    const has = ({ blocks }: DeltaForm) => content.blocks.every((hash) => blocks.has(hash));
    return all.every(has) ? content : undefined;
  };
}

function isDeltaOfKnown(form: Form): form is DeltaForm & { known: KnownFiles } {
  return typeof form === 'object' && form.known !== undefined;
}
