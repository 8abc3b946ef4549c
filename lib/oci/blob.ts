import { type DiffId, type Digest, isDigest, plainDigest } from './digest.js';

/** A file of an image. */
export interface Blob {
  digest: Digest;
  mediaType: string;
  /** Bytes. */
  size: number;
}

/** A layer as one file: uncompressed (see {@link isPlain}) or as a registry gave it. */
export interface LayerBlob extends Blob {
  diffId: DiffId;
}

/** Media type of an uncompressed layer. */
const PLAIN_LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** An uncompressed layer of `size` bytes. */
export function plainLayer(diffId: DiffId, size: number): LayerBlob {
  return { diffId, digest: plainDigest(diffId), mediaType: PLAIN_LAYER, size };
}

export function isPlain({ digest, diffId }: LayerBlob): boolean {
  return digest === plainDigest(diffId);
}

/** Whether something out of a document describes a file. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, mediaType, size }: Partial<Record<keyof Blob, unknown>> = value;
  return isDigest(digest) && typeof mediaType === 'string' && Number.isSafeInteger(size) && Number(size) >= 0;
}
