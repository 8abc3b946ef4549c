import { finished } from 'node:stream/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { isPlain, type LayerBlob } from '../../oci/blob.js';
import { shortDigest } from '../../oci/digest.js';
import { messageOf } from '../../text/thrown.js';
import type { KnownContent } from '../stores/changed-contents.js';
import { IndexRecord } from './index-record.js';
import { LayerScanner, type Piece } from './layer-scanner.js';

/** A layer's file as it is read, or as much of it as has to be. */
export type LayerContent = AsyncIterable<Buffer | KnownContent> | Iterable<Buffer>;

/** Takes the archive of a layer apart while the layer's file is read in whatever form the source has it. */
export class PlainLayer {
  readonly #record = new IndexRecord();
  readonly #scanner = new LayerScanner((entry) => this.#record.add(entry));
  readonly #gunzip?: Gunzip;
  #inflated: Promise<void> = Promise.resolve();
  #pieces: Piece[] = [];
  #complete = false;

  constructor(readonly layer: LayerBlob) {
    if (isPlain(layer)) return;
    this.#gunzip = createGunzip({ chunkSize: 2 ** 18 });
    this.#gunzip.on('data', (bytes: Buffer) => this.#pieces.push(...this.#scanner.push(bytes)));
    // It ends before its input does if bytes that are not gzip follow.
    this.#inflated = finished(this.#gunzip, { writable: false }).catch((cause: unknown) => {
      const broken = `the layer ${shortDigest(layer.digest)} cannot be unpacked (${messageOf(cause)})`;
      throw new Error(broken, { cause });
    });
    this.#inflated.catch(() => undefined); // Reported by the next read.
  }

  /** Whether it can be read in that form: as it is, or as gzip. */
  static canRead(layer: LayerBlob): boolean {
    return isPlain(layer) || /gzip$/.test(layer.mediaType);
  }

  /** Passes content on unchanged, and scans it meanwhile. */
  async *over(content: LayerContent): AsyncGenerator<Buffer | KnownContent> {
    for await (const bytes of content) {
      if (!Buffer.isBuffer(bytes)) this.#pieces.push(...this.#scanner.known(bytes));
      else if (this.#gunzip) await this.#inflate(this.#gunzip, bytes);
      else this.#pieces.push(...this.#scanner.push(bytes));
      await this.#record.drained();
      yield bytes;
    }
    if (this.#gunzip) {
      this.#gunzip.end();
      await this.#inflated;
    }
    this.#pieces.push(...this.#scanner.end());
    this.#complete = true;
  }

  /** The pieces of the layer since the last time. */
  take(): Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /** The packed index of the layer ({@link IndexRecord}), once all of it has been read; to be asked for once. */
  async index(): Promise<Buffer | undefined> {
    return this.#complete ? this.#record.end(this.#scanner.size) : undefined;
  }

  #inflate(gunzip: Gunzip, bytes: Buffer): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      gunzip.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    // If gunzip fails or ends, the callback of a pending write is never called.
    return Promise.race([written, this.#inflated]);
  }
}
