/** A file of an image. */
export interface Blob {
  digest: string;
  mediaType: string;
  /** Bytes. */
  size: number;
}

/** A layer as one file: uncompressed (`digest` is `diffId`) or as a registry gave it. */
export interface LayerBlob extends Blob {
  diffId: string;
}

/** Media type of an uncompressed layer. */
const PLAIN_LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** An uncompressed layer of `size` bytes. */
export function plainLayer(diffId: string, size: number): LayerBlob {
  return { diffId, digest: diffId, mediaType: PLAIN_LAYER, size };
}
