import { buffer } from 'node:stream/consumers';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { Engine } from '../../engine/types.js';
import type { LayerBlob } from '../../oci/blob.js';
import { blobPath, type DiffId } from '../../oci/digest.js';
import { imagesIn, parseDocument } from '../../oci/image-documents.js';
import { readExcerpt } from '../stores/partial-archive.js';

/**
 * The files in which an engine with containerd's store keeps the layers of some images, gzip mostly.
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

  const documents = new Map<string, Buffer>();
  for await (const { name, content } of readExcerpt(engine, manifests, id, signal)) {
    if (manifests.some(({ digest }) => blobPath(digest) === name)) documents.set(name, await buffer(content));
  }
  for (const { manifest, diffIds } of images) {
    const document = manifest && documents.get(blobPath(manifest.digest));
    for (const layer of document ? layersIn(document, diffIds) : []) {
      if (!forms.has(layer.diffId)) forms.set(layer.diffId, layer);
    }
  }
  return forms;
}

/** The files that a manifest lists for layers. */
function layersIn(manifest: Buffer, diffIds: readonly DiffId[]): LayerBlob[] {
  const [listed] = imagesIn(parseDocument(manifest));
  const layers = listed?.layers ?? [];
  return diffIds.flatMap((diffId, i) => (layers[i]?.blob ? { diffId, ...layers[i].blob } : []));
}
