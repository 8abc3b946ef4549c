import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { DiffId } from '../../oci/digest.js';
import type { FindKnown, KnownContent } from '../stores/changed-contents.js';

/** Reads single layers of an image, which an engine otherwise gives away only as a whole. */
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
