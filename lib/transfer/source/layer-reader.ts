import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';
import type { DiffId } from '../../oci/digest.js';
import type { FindKnown, KnownContent } from '../stores/changed-contents.js';
import type { ArchiveIndex } from './archive-index.js';

/** What is to be read layer by layer. */
export interface Reading {
  engine: Engine;
  image: ImageFacts;
  /** What is known of the files that a reader gives; it learns from them. */
  archive: ArchiveIndex;
  /** ID of the transfer, for the names and labels of temporary images and containers. */
  id: string;
  signal: AbortSignal;
}

/** Reads single layers of an image, where the engine's own API only saves whole images. */
export interface LayerReader {
  /** Tells the archive's index the image's config and, if wanted, the size of every layer. */
  learn(wanted: { sizes: boolean }): Promise<void>;
  /** The files of these layers, one after the other. */
  layers(diffIds: readonly DiffId[]): AsyncIterable<SavedFile>;
  /**
   * A layer of which only those files are read that are not known; undefined where too much of it is not.
   *
   * @throws {NotAssembled}
   */
  changed?(diffId: DiffId, find: FindKnown): Promise<AsyncIterable<Buffer | KnownContent> | undefined>;
  /** Leaves nothing on the engine. */
  close(): Promise<void>;
}
