import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import { tarPadding } from '../../oci/tar-writer.js';
import type { Place } from '../contents/layer-index.js';

const LINE_END = Buffer.from('\r\n');

/** Literals of fewer bytes than this are copied, so that they do not keep a large buffer alive. */
const SMALL = 2 ** 14;

const deflate = promisify<Buffer, object, Buffer>(deflateRaw);

/** A delta consists mostly of thousands of tar headers, which are much alike: compress them best. */
const SMALLEST = { level: 9, memLevel: 9 };

/** Writes operations for the program helper/rebuild.c, which describes them. */
export class Operations {
  /** Bytes of what has been written since the last {@link take}. */
  length = 0;
  readonly #written: Buffer[] = [];
  #literals: Buffer[] = [];
  #copy?: Place;
  /** Bytes that the engine gets of it. */
  #produced = 0;

  /** Opens a connection to the engine. */
  open(): void {
    this.#letter('O');
  }

  literal(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#copy && isPadding(bytes, this.#copy.length)) {
      this.#produced += bytes.length;
      return this.#endCopy('P');
    }
    this.#endCopy();
    // A copy, lest a header keep all that it was read with.
    this.#literals.push(bytes.length < SMALL ? Buffer.from(bytes) : bytes);
    this.length += bytes.length;
    this.#produced += bytes.length;
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
    this.#produced += place.length;
  }

  /** Makes the container send back the engine's answer. */
  answer(): void {
    this.#letter('A');
  }

  /** What has been written since the last time, packed: a part of one deflate stream that all parts make up. */
  take(): Promise<Buffer> {
    this.#endLiteral();
    this.#endCopy();
    const parts = this.#written.splice(0);
    this.length = this.#produced = 0;
    return deflate(Buffer.concat(parts), { ...SMALLEST, finishFlush: constants.Z_SYNC_FLUSH });
  }

  /** Takes what has been written as a chunk of an HTTP body. */
  takeChunk(): Promise<Buffer> {
    if (this.#produced === 0) return Promise.resolve(Buffer.alloc(0));
    this.#endLiteral();
    this.#endCopy();
    this.#written.unshift(literal([Buffer.from(`${this.#produced.toString(16)}\r\n`)]));
    this.#written.push(literal([LINE_END]));
    return this.take();
  }

  #letter(letter: string): void {
    this.#endLiteral();
    this.#endCopy();
    this.#written.push(Buffer.from(letter));
  }

  #endLiteral(): void {
    if (this.#literals.length === 0) return;
    this.#written.push(literal(this.#literals));
    this.#literals = [];
  }

  #endCopy(letter: 'F' | 'P' = 'F'): void {
    if (!this.#copy) return;
    const { path, offset, length } = this.#copy;
    const numbers = [offset, length, path.length].map(number);
    const operation = Buffer.concat([Buffer.from(letter), ...numbers, Buffer.from(path, 'latin1')]);
    this.#written.push(operation);
    this.length += operation.length;
    this.#copy = undefined;
  }
}

/** Whether these bytes are the padding that tar writes after a file of that length. */
function isPadding(bytes: Buffer, length: number): boolean {
  return bytes.length === tarPadding(length).length && bytes.every((byte) => byte === 0);
}

function literal(parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([Buffer.from('L'), number(length), ...parts]);
}

/** A number in base 128, lowest digit first (LEB128). */
function number(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}
