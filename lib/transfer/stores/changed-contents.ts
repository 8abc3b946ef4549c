import { buffer } from 'node:stream/consumers';
import { NotAssembled } from '../base/failures.js';
import type { FileContents } from './assemble-layer.js';
import type { SplitFile } from './tar-split.js';

/** The content of a file that need not be read. */
export interface KnownContent {
  /** Bytes. */
  size: number;
  /** Hashes of the file's blocks, by which the target finds them. */
  blocks: readonly string[];
}

/** Tells what a file holds; undefined where it has to be read. */
export type FindKnown = (file: SplitFile) => KnownContent | undefined;

/** Files that are asked for before they are wanted: an engine takes some time to find one. */
const ASKED_AHEAD = 6;

/** Larger ones wait until they are wanted (bytes). */
const LARGEST_AHEAD = 2 ** 20;

/** The contents of files, of which only those are read that are not known. */
export class ChangedContents implements FileContents<KnownContent> {
  readonly #find: FindKnown;
  readonly #read: (file: SplitFile) => AsyncIterable<Buffer>;
  readonly #waiting: SplitFile[];
  readonly #asked: AsyncIterable<Buffer>[] = [];

  /**
   * @param unknown those that are not known, in the layer's order
   * @param read gives the content of one
   */
  constructor(
    find: FindKnown,
    unknown: readonly SplitFile[],
    read: (file: SplitFile) => AsyncIterable<Buffer>,
  ) {
    this.#find = find;
    this.#read = read;
    this.#waiting = [...unknown];
  }

  async *of(file: SplitFile): AsyncGenerator<Buffer | KnownContent> {
    const known = this.#find(file);
    if (known !== undefined) {
      yield known;
      return;
    }
    const free = ASKED_AHEAD - this.#asked.length;
    for (const next of this.#waiting.splice(0, free)) this.#ask(next);
    const content = this.#asked.shift();
    if (!content) throw new NotAssembled(`${file.path} is not among the files that were to be read`);
    let size = 0;
    for await (const bytes of content) {
      size += bytes.length;
      yield bytes;
    }
    if (size !== file.size) throw new NotAssembled(`${file.path} is not as long as the layer has it`);
  }

  #ask(file: SplitFile): void {
    const content = this.#read(file);
    if (file.size > LARGEST_AHEAD) return void this.#asked.push(content);
    const reading = buffer(content);
    reading.catch(() => undefined); // Reported to the caller that awaits it.
    this.#asked.push(settled(reading));
  }
}

async function* settled(reading: Promise<Buffer>): AsyncGenerator<Buffer> {
  yield await reading;
}
