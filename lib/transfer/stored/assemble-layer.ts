import { cleanPath, isFile, TarReader, type TarPart } from '../tar-reader.js';
import { NotAssembled } from './not-assembled.js';
import type { SplitEntry } from './tar-split.js';

/** Bytes that are handed on at once, so that a stream has fewer pieces than a layer has files. */
const BATCH = 2 ** 16;

/** Bytes of files that may be held because others are wanted before them. */
const MOST_HELD = 32 * 2 ** 20;

/**
 * Puts the archive of a layer together again.
 *
 * @param split what stood between the contents of files
 * @param folder an archive of the folder with the layer's files, each path below one folder; best in the layer's order
 * @throws NotAssembled
 */
export async function* assembleLayer(
  split: AsyncIterable<SplitEntry>,
  folder: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const contents = new Contents(folder);
  let batch: Buffer[] = [];
  let length = 0;
  try {
    for await (const entry of split) {
      const pieces = 'bytes' in entry ? [entry.bytes] : contents.of(entry.path, entry.size);
      for await (const bytes of pieces) {
        batch.push(bytes);
        length += bytes.length;
        if (length < BATCH) continue;
        yield batch.length === 1 ? bytes : Buffer.concat(batch);
        batch = [];
        length = 0;
      }
    }
    if (length > 0) yield Buffer.concat(batch);
  } finally {
    await contents.close();
  }
}

/** The contents of files in an archive that passes by. */
class Contents {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #reader = new TarReader();
  #parts: TarPart[] = [];
  #next = 0;
  /** Files that have passed before they were wanted. */
  readonly #held = new Map<string, Buffer[]>();
  #bytesHeld = 0;

  constructor(archive: AsyncIterable<Buffer>) {
    this.#chunks = archive[Symbol.asyncIterator]();
  }

  async *of(path: string, size: number): AsyncGenerator<Buffer> {
    const name = cleanPath(path);
    let missing = size;
    const held = name === undefined ? undefined : this.#held.get(name);
    if (held) {
      this.#held.delete(name!);
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
