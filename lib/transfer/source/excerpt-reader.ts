import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';
import type { Blob } from '../../oci/blob.js';
import type { DiffId } from '../../oci/digest.js';
import { readExcerpt } from '../stores/partial-archive.js';
import type { ArchiveIndex } from './archive-index.js';
import type { LayerReader, Reading } from './layer-reader.js';

/** Reads layers out of containerd's store, by excerpts of it. */
export class ExcerptReader implements LayerReader {
  readonly #engine: Engine;
  readonly #manifest: Blob;
  readonly #archive: ArchiveIndex;
  readonly #id: string;
  readonly #signal: AbortSignal;

  /** @param manifest the image's */
  constructor({ engine, archive, id, signal }: Reading, manifest: Blob) {
    this.#engine = engine;
    this.#manifest = manifest;
    this.#archive = archive;
    this.#id = id;
    this.#signal = signal;
  }

  /** Reads the manifest, which lists the sizes of the layers, and the config. */
  async learn(): Promise<void> {
    if (this.#archive.config) return;
    await this.#learnFrom(this.#manifest);
    const config = this.#archive.configOf(this.#manifest);
    if (config) await this.#learnFrom(config);
  }

  layers(diffIds: readonly DiffId[]): AsyncGenerator<SavedFile> {
    const blobs = diffIds.map((diffId) => {
      const blob = this.#archive.blob(diffId);
      if (!blob) throw new Error(`the manifest lacks the layer ${diffId}`);
      return blob;
    });
    return this.#read(blobs);
  }

  async close(): Promise<void> {
    // Nothing to close: each excerpt removes its own temporary image.
  }

  async #learnFrom(document: Blob): Promise<void> {
    for await (const file of this.#read([document])) await this.#archive.learn(file);
  }

  #read(blobs: readonly Blob[]): AsyncGenerator<SavedFile> {
    return readExcerpt(this.#engine, blobs, this.#id, this.#signal);
  }
}
