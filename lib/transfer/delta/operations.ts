import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';

import type { Place } from './layer-index.js';

const LINE_END = Buffer.from('\r\n');

const deflate = promisify<Buffer, object, Buffer>(deflateRaw);

/** Writes operations for the program helper/rebuild.c, which describes them. */
export class Operations {
  readonly #written: Buffer[] = [];
  #literals: Buffer[] = [];
  #copy?: Place;

  /** Opens a connection to the engine. */
  open(): void {
    this.#letter('O');
  }

  literal(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#endCopy();
    this.#literals.push(bytes);
  }

  copy(place: Place): void {
    this.#endLiteral();
    const { path, offset, length } = this.#copy ?? place;
    if (this.#copy && path === place.path && offset + length === place.offset) {
      this.#copy = { path, offset, length: length + place.length };
    } else {
      this.#endCopy();
      this.#copy = place;
    }
  }

  /** What `write` writes, `length` bytes for the engine, as a chunk of an HTTP body. */
  chunk(length: number, write: () => void): void {
    if (length === 0) return;
    this.literal(Buffer.from(`${length.toString(16)}\r\n`));
    write();
    this.literal(LINE_END);
  }

  /** Has the engine's answer copied back. */
  answer(): void {
    this.#letter('A');
  }

  /** What has been written since the last time, packed: a part of one deflate stream that all parts make up. */
  take(): Promise<Buffer> {
    this.#endLiteral();
    this.#endCopy();
    const parts = this.#written.splice(0);
    return deflate(Buffer.concat(parts), { finishFlush: constants.Z_SYNC_FLUSH });
  }

  #letter(letter: string): void {
    this.#endLiteral();
    this.#endCopy();
    this.#written.push(Buffer.from(letter));
  }

  #endLiteral(): void {
    if (this.#literals.length === 0) return;
    const length = this.#literals.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#written.push(Buffer.from(`L`), numbers(length), ...this.#literals);
    this.#literals = [];
  }

  #endCopy(): void {
    if (!this.#copy) return;
    const { path, offset, length } = this.#copy;
    this.#written.push(Buffer.from('F'), numbers(offset, length, path.length), Buffer.from(path, 'latin1'));
    this.#copy = undefined;
  }
}

/** Numbers in base 128, lowest digit first (LEB128). */
function numbers(...values: number[]): Buffer {
  const bytes: number[] = [];
  for (let value of values) {
    for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    bytes.push(value);
  }
  return Buffer.from(bytes);
}
