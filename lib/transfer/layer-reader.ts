import type { Engine } from '../engine/types.js';
import type { ArchiveIndex } from './archive-index.js';
import { ExcerptReader } from './excerpt-reader.js';
import type { SavedFile } from './saved-archive.js';
import { StoredLayers } from './stored/stored-layers.js';
import type { ImageFacts } from './types.js';

/** Reads single layers of an image, which an engine otherwise gives away only as a whole. */
export interface LayerReader {
  /** Tells the archive's index the image's config and, if wanted, the size of every layer. */
  learn(wanted: { sizes: boolean }): Promise<void>;
  /** The files of these layers, one after the other. */
  layers(diffIds: readonly string[]): AsyncIterable<SavedFile>;
  /** Leaves nothing on the engine. */
  close(): Promise<void>;
}

/**
 * @param archive what is known of the files that the reader gives
 * @param id of the transfer
 * @returns undefined where the engine has no such way, or does not allow it
 */
export async function openLayerReader(
  engine: Engine,
  image: ImageFacts,
  archive: ArchiveIndex,
  id: string,
  signal: AbortSignal,
): Promise<LayerReader | undefined> {
  if (image.manifest) return new ExcerptReader(engine, image.manifest, archive, id, signal);
  if (image.folders) return StoredLayers.open(engine, image, image.folders, archive, id, signal);
  return undefined;
}
