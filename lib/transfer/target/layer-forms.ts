import { buffer } from 'node:stream/consumers';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { Engine } from '../../engine/types.js';
import type { Blob, LayerBlob } from '../../oci/blob.js';
import { blobPath } from '../../oci/digest.js';
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
): Promise<Map<string, LayerBlob>> {
  const forms = new Map<string, LayerBlob>();
  const manifests = images.flatMap(({ manifest }) => manifest ?? []);
  if (manifests.length === 0) return forms;

  const documents = new Map<string, Buffer>();
  for await (const { name, content } of readExcerpt(engine, manifests, id, signal)) {
    if (manifests.some(({ digest }) => blobPath(digest) === name)) documents.set(name, await buffer(content));
  }
  for (const { manifest, diffIds } of images) {
    const document = manifest && documents.get(blobPath(manifest.digest));
    const { layers = [] } = document ? (JSON.parse(document.toString()) as { layers?: Blob[] }) : {};
    for (const [i, { digest, mediaType, size }] of layers.entries()) {
      const diffId = diffIds[i];
      if (diffId === undefined || forms.has(diffId)) continue;
      forms.set(diffId, { diffId, digest, mediaType: ociType(mediaType), size });
    }
  }
  return forms;
}

/** A manifest has to be all OCI or all of docker's own kind; ours are OCI. */
function ociType(mediaType: string): string {
  return mediaType.replace(
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    'application/vnd.oci.image.layer.v1.tar+gzip',
  );
}
