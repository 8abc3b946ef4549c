import type { Readable } from 'node:stream';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import { openSavedArchive, readSavedArchive, type SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';

/** Reads an image's whole archive, as often as it takes. */
export class ArchivePasses {
  readonly #source: Engine;
  readonly #image: ImageFacts;
  readonly #reference: string;
  readonly #signal: AbortSignal;
  /** The archive for the next pass, asked for in advance. */
  #ahead?: Promise<Readable>;

  constructor(source: Engine, image: ImageFacts, reference: string, signal: AbortSignal) {
    this.#source = source;
    this.#image = image;
    this.#reference = reference;
    this.#signal = signal;
  }

  /**
   * The files of one pass over the archive.
   *
   * @param needsAnother whether another pass will follow, given the names of the files so far: if so, it is
   *   requested early, so that the engine prepares it meanwhile
   */
  async *next(needsAnother: (seen: ReadonlySet<string>) => boolean): AsyncGenerator<SavedFile> {
    const saved = await (this.#ahead ?? this.#open());
    this.#ahead = undefined;
    const seen = new Set<string>();
    for await (const file of readSavedArchive(saved)) {
      yield file;
      seen.add(file.name);
      if (needsAnother(seen)) this.#ahead ??= this.#open();
    }
  }

  /** Cancels a pass that was requested early. */
  end(): void {
    this.#ahead?.then((saved) => saved.destroy()).catch(() => undefined);
    this.#ahead = undefined;
  }

  #open(): Promise<Readable> {
    const saved = openSavedArchive(this.#source, this.#image, this.#reference, this.#signal);
    saved.catch(() => undefined); // Reported to whoever reads it.
    return saved;
  }
}
