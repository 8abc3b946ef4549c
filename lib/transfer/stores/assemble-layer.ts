import { cleanPath, isFile, type TarPart, TarReader } from '../../oci/tar-reader.js';
import { joined } from '../../text/bytes.js';
import { NotAssembled } from '../base/failures.js';
import type { SplitEntry, SplitFile } from './tar-split.js';

/** Bytes that are handed on at once, so that a stream has fewer pieces than a layer has files. */
const BATCH = 2 ** 16;

/** Bytes of files that may be held because others are wanted before them. */
export const MOST_HELD = 32 * 2 ** 20;

/**
 * Puts the archive of a layer together again.
 *
 * @param split the segments of the archive between the files' contents
 * @param contents the files' contents, or known blocks in place of them
 * @throws {NotAssembled}
 */
export async function* assembleLayer<T extends object = never>(
  split: AsyncIterable<SplitEntry>,
  contents: FileContents<T>,
): AsyncGenerator<Buffer | T> {
  let batch: Buffer[] = [];
  let length = 0;
  const gathered = () => {
    const bytes = joined(batch);
    batch = [];
    length = 0;
    return bytes;
  };
  try {
    for await (const entry of split) {
      const pieces = 'bytes' in entry ? [entry.bytes] : contents.of(entry);
      for await (const piece of pieces) {
        if (Buffer.isBuffer(piece)) {
          batch.push(piece);
          length += piece.length;
        }
        if (length > 0 && (length >= BATCH || !Buffer.isBuffer(piece))) yield gathered();
        if (!Buffer.isBuffer(piece)) yield piece;
      }
    }
    if (length > 0) yield gathered();
  } finally {
    await contents.close?.();
  }
}

/** Gives the contents of a layer's files, in the layer's order. */
export interface FileContents<T extends object = never> {
  of(file: SplitFile): AsyncIterable<Buffer | T>;
  close?(): Promise<void>;
}

/** Reads the contents of files from the archive of a folder, as a stream. */
export class FolderContents implements FileContents {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #reader = new TarReader();
  #parts: TarPart[] = [];
  #next = 0;
  /** Files that came in the archive before they were asked for. */
  readonly #held = new Map<string, Buffer[]>();
  #bytesHeld = 0;

  /** @param archive of the folder with the layer's files, each path below one folder; best in the layer's order */
  constructor(archive: AsyncIterable<Buffer>) {
    this.#chunks = archive[Symbol.asyncIterator]();
  }

  async *of({ path, size }: SplitFile): AsyncGenerator<Buffer> {
    const name = cleanPath(path);
    let missing = size;
    const held = name === undefined ? undefined : this.#held.get(name);
    if (name !== undefined && held) {
      this.#held.delete(name);
      for (const bytes of held) {
        missing -= bytes.length;
        this.#bytesHeld -= bytes.length;
        yield bytes;
      }
    }
    while (missing > 0) {
      const part = await this.#part();
      if (!part) throw new NotAssembled(`${path} is shorter than the layer has it, or not there`);
      const { bytes, of } = part;
      if (!of || !isFile(of)) continue;
      if (inFolder(of.path) === name) {
        missing -= bytes.length;
        yield bytes;
      } else this.#hold(inFolder(of.path), bytes);
    }
    if (missing < 0) throw new NotAssembled(`${path} is longer than the layer has it`);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #part(): Promise<TarPart | undefined> {
    while (this.#next === this.#parts.length) {
      const chunk = await this.#chunks.next();
      if (chunk.done) return undefined;
      this.#parts = this.#reader.push(chunk.value);
      this.#next = 0;
    }
    return this.#parts[this.#next++];
  }

  #hold(path: string, bytes: Buffer): void {
    const parts = this.#held.get(path);
    // A copy, lest a small file keep all that it was read with.
    if (parts) parts.push(Buffer.from(bytes));
    else this.#held.set(path, [Buffer.from(bytes)]);
    this.#bytesHeld += bytes.length;
    if (this.#bytesHeld > MOST_HELD) throw new NotAssembled('its files stand in another order there');
  }
}

/** The path below the one folder that the archive holds. */
function inFolder(path = ''): string {
  return path.slice(path.indexOf('/') + 1);
}
