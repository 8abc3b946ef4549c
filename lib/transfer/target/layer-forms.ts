import { buffer } from 'node:stream/consumers';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';
import type { LayerBlob } from '../../oci/blob.js';
import { blobPath, type DiffId, type Digest } from '../../oci/digest.js';
import { imagesIn, parseDocument } from '../../oci/image-documents.js';
import { readExcerpt } from '../stores/partial-archive.js';

/**
 * The files in which containerd's store, an engine's or a node's, keeps the layers of some images, gzip mostly.
 *
 * @param images the complete ones first: one of the others may list a layer that was not pulled, since the engine had
 *   it in another form
 * @param id of the transfer
 */
export async function layerForms(
  engine: Engine,
  images: readonly ImageFacts[],
  id: string,
  signal: AbortSignal,
): Promise<Map<DiffId, LayerBlob>> {
  const forms = new Map<DiffId, LayerBlob>();
  const manifests = images.flatMap(({ manifest }) => manifest ?? []);
  if (manifests.length === 0) return forms;

  const digests = manifests.map(({ digest }) => digest);
  const documents = engine.content
    ? await engine.content.read(digests)
    : await filesOf(readExcerpt(engine, manifests, id, signal), digests);
  for (const { manifest, diffIds } of images) {
    const document = manifest && documents.get(manifest.digest);
    for (const layer of document ? layersIn(document, diffIds) : []) {
      if (!forms.has(layer.diffId)) forms.set(layer.diffId, layer);
    }
  }
  return forms;
}

async function filesOf(
  archive: AsyncIterable<SavedFile>,
  wanted: readonly Digest[],
): Promise<Map<Digest, Buffer>> {
  const files = new Map<Digest, Buffer>();
  for await (const { name, content } of archive) {
    const digest = wanted.find((one) => blobPath(one) === name);
    if (digest !== undefined) files.set(digest, await buffer(content));
  }
  return files;
}

/** The files that a manifest lists for layers. */
function layersIn(manifest: Buffer, diffIds: readonly DiffId[]): LayerBlob[] {
  const [listed] = imagesIn(parseDocument(manifest));
  const layers = listed?.layers ?? [];
  return diffIds.flatMap((diffId, i) => (layers[i]?.blob ? { diffId, ...layers[i].blob } : []));
}
