import { isDeepStrictEqual } from 'node:util';
import { type Blob, isBlob } from './blob.js';
import { blobPath, type DiffId } from './digest.js';

/** One image as a manifest lists it, its paths those of a saved archive. */
export interface ListedImage {
  config: string;
  layers: readonly ListedLayer[];
}

export interface ListedLayer {
  path: string;
  /** Where the manifest describes the file; docker's manifest.json does not. */
  blob?: Blob;
}

/** A file of an archive as a document; undefined where it is none. */
export function parseDocument(bytes: Buffer): unknown {
  try {
    const document: unknown = JSON.parse(bytes.toString());
    return document;
  } catch {
    return undefined;
  }
}

/** The images that an OCI manifest, or docker's manifest.json, lists. */
export function imagesIn(document: unknown): ListedImage[] {
  if (Array.isArray(document)) return document.flatMap(legacyImage);
  const { config, layers } = fieldsOf(document);
  if (!isBlob(config) || !Array.isArray(layers) || !layers.every(isBlob)) return [];
  const listed = layers.map((blob) => ({ path: blobPath(blob.digest), blob }));
  return [{ config: blobPath(config.digest), layers: listed }];
}

/** The file that a manifest names as its config. */
export function configIn(manifest: unknown): Blob | undefined {
  const { config } = fieldsOf(manifest);
  return isBlob(config) ? config : undefined;
}

/** The type that a manifest says it is of. */
export function mediaTypeIn(manifest: unknown): string | undefined {
  const { mediaType } = fieldsOf(manifest);
  return typeof mediaType === 'string' ? mediaType : undefined;
}

/** Whether these very files are the layers that a manifest lists. */
export function listsLayers(manifest: Buffer, layers: readonly Blob[]): boolean {
  const [image] = imagesIn(parseDocument(manifest));
  return (
    image?.layers.length === layers.length &&
    image.layers.every(({ blob }, i) => blob?.digest === layers[i]?.digest)
  );
}

/** Whether a document is the config of an image of these layers for that architecture. */
export function isConfigOf(document: unknown, diffIds: readonly DiffId[], architecture: string): boolean {
  const config = fieldsOf(document);
  const { diff_ids: layers } = fieldsOf(config.rootfs);
  return config.architecture === architecture && isDeepStrictEqual(layers ?? [], diffIds);
}

function legacyImage(listed: unknown): ListedImage[] {
  const { Config: config, Layers: layers } = fieldsOf(listed);
  if (typeof config !== 'string' || !Array.isArray(layers)) return [];
  const paths = layers.filter((path) => typeof path === 'string');
  return paths.length === layers.length ? [{ config, layers: paths.map((path) => ({ path })) }] : [];
}

/** The fields of a document or of a part of it; none where it is no object. */
export function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
