import { once } from 'node:events';
import { createGunzip, createGzip } from 'node:zlib';
import { drained } from '../../system/drained.js';
import { endLine, type IndexEntry, indexIn, lineOf } from './index-entries.js';
import type { LayerIndex } from './layer-index.js';

/** Letters of lines that are packed at once. */
const BATCH = 2 ** 17;

/** Packs an index as its entries come, since a layer may have so many that they are too large to keep. */
export class IndexRecord {
  readonly #gzip = createGzip({ level: 1, chunkSize: 2 ** 16 });
  readonly #packed: Buffer[] = [];
  #lines: string[] = [];
  #length = 0;

  constructor() {
    this.#gzip.on('data', (bytes: Buffer) => this.#packed.push(bytes));
  }

  add(entry: IndexEntry): void {
    const line = lineOf(entry);
    this.#lines.push(line);
    this.#length += line.length;
  }

  /** Waits where packing does not keep pace. */
  async drained(): Promise<void> {
    if (this.#length >= BATCH && !this.#write()) await drained(this.#gzip);
  }

  /**
   * The whole, packed.
   *
   * @param size bytes of the layer's uncompressed archive
   */
  async end(size: number): Promise<Buffer> {
    this.#lines.push(endLine(size));
    this.#write();
    const ended = once(this.#gzip, 'end');
    this.#gzip.end();
    await ended;
    return Buffer.concat(this.#packed);
  }

  #write(): boolean {
    const text = this.#lines.join('');
    this.#lines = [];
    this.#length = 0;
    return this.#gzip.write(text);
  }
}

/** The index of a record; undefined where it is not whole. */
export async function readRecord(packed: Buffer): Promise<LayerIndex | undefined> {
  const lines: string[] = [];
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  gunzip.setEncoding('utf8').end(packed);
  let begun = '';
  const texts: AsyncIterable<string> = gunzip;
  for await (const text of texts) {
    const [first = '', ...others] = text.split('\n');
    begun += first;
    for (const next of others) {
      lines.push(begun);
      begun = next;
    }
  }
  return indexIn(lines);
}
