import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { ArchiveIndex } from './archive-index.js';

/** An image's own documents, byte for byte. */
export interface Documents {
  config: Buffer;
  /** Where the source has one. */
  manifest?: Buffer;
}

/**
 * The image's documents, for everybody who waits for them until they, and if wanted the sizes of the layers, are
 * known.
 */
export class AwaitedDocuments {
  readonly #image: ImageFacts;
  readonly #archive: ArchiveIndex;
  #sizes = false;
  #waiting = 0;

  /** @param archive where what is read is noted */
  constructor(image: ImageFacts, archive: ArchiveIndex) {
    this.#image = image;
    this.#archive = archive;
  }

  /** Whether the size of every layer is wanted too. */
  get sizesWanted(): boolean {
    return this.#sizes;
  }

  /** Whether somebody waits for them now. */
  get awaited(): boolean {
    return this.#waiting > 0;
  }

  /** The documents, once all is known that is wanted. */
  get known(): Documents | undefined {
    const { config, manifest } = this.#archive;
    if (!config) return undefined;
    const isComplete = !this.#sizes || this.#image.diffIds.every((id) => this.#archive.blob(id));
    return isComplete ? { config, manifest } : undefined;
  }

  want({ sizes }: { sizes: boolean }): void {
    this.#sizes ||= sizes;
  }

  /** @param read reads on; rejects where there is no more to come */
  async readUntilKnown(wanted: { sizes: boolean }, read: () => Promise<void>): Promise<Documents> {
    this.want(wanted);
    this.#waiting++;
    try {
      for (;;) {
        const { known } = this;
        if (known) return known;
        await read();
      }
    } finally {
      this.#waiting--;
    }
  }
}
