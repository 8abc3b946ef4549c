import { hash } from 'node:crypto';
import { isFile, type TarMember, type TarPart, TarReader } from '../../oci/tar-reader.js';
import { joined } from '../../text/bytes.js';
import type { KnownContent } from '../stores/changed-contents.js';
import type { IndexEntry } from './index-entries.js';
import { BLOCK } from './layer-index.js';

/** A run of bytes of a layer's archive. It has a hash if it is a block of a file's content. */
export interface ReadPiece {
  bytes: Buffer;
  hash?: string;
}

/** A piece of a layer's archive, or a block known by its hash that was not read. */
export type Piece = ReadPiece | { length: number; hash: string };

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** Takes a layer's archive apart as it comes, and notes what is in it. The pieces together are the archive. */
export class LayerScanner {
  #size = 0;
  readonly #note: (entry: IndexEntry) => void;
  readonly #reader = new TarReader();
  /** The block of a file that is being read, and the hashes of those before it. */
  #block: Buffer[] = [];
  #blockLength = 0;
  #blocks: string[] = [];

  /** @param note told what is in the archive, in its order */
  constructor(note: (entry: IndexEntry) => void) {
    this.#note = note;
  }

  /** Bytes of the archive so far. */
  get size(): number {
    return this.#size;
  }

  /** The pieces that these bytes complete. */
  push(bytes: Buffer): ReadPiece[] {
    this.#size += bytes.length;
    const pieces: ReadPiece[] = [];
    for (const part of this.#reader.push(bytes)) this.#take(part, pieces);
    return pieces;
  }

  /** As {@link push}, for the content of a file that need not be read. */
  known({ size, blocks }: KnownContent): Piece[] {
    const file = this.#reader.skip(size);
    if (!file || !hasContent(file)) throw new Error('A file that is known is no file of the archive.');
    this.#size += size;
    this.#listFile(file, blocks);
    return blocks.map((hash, i) => ({ hash, length: Math.min(BLOCK, size - i * BLOCK) }));
  }

  /** The pieces that were not complete, at the end of the archive. */
  end(): ReadPiece[] {
    return [...this.#block.map((bytes) => ({ bytes })), ...this.#reader.end()];
  }

  #take({ bytes, begins, of }: TarPart, pieces: ReadPiece[]): void {
    if (of && hasContent(of)) return this.#takeContent(bytes, of, pieces);
    pieces.push({ bytes });
    if (begins && !hasContent(begins)) this.#list(begins);
  }

  /** Gathers the content of a file to blocks. */
  #takeContent(bytes: Buffer, file: TarMember, pieces: ReadPiece[]): void {
    for (let at = 0; at < bytes.length;) {
      const wanted = Math.min(BLOCK, file.size - this.#blocks.length * BLOCK);
      const part = bytes.subarray(at, at + wanted - this.#blockLength);
      at += part.length;
      this.#block.push(part);
      this.#blockLength += part.length;
      if (this.#blockLength === wanted) this.#endBlock(file, pieces);
    }
  }

  #endBlock(file: TarMember, pieces: ReadPiece[]): void {
    const bytes = joined(this.#block);
    const digest = hash('sha256', bytes, 'base64');
    pieces.push({ bytes, hash: digest });
    this.#blocks.push(digest);
    this.#block = [];
    this.#blockLength = 0;
    if (this.#blocks.length * BLOCK < file.size) return;
    this.#listFile(file, this.#blocks);
    this.#blocks = [];
  }

  #listFile({ path, size }: TarMember, blocks: readonly string[]): void {
    if (path === undefined || path.startsWith(WHITEOUT) || path.includes(`/${WHITEOUT}`)) return;
    this.#note({ path, size, blocks });
  }

  #list({ type, path }: TarMember): void {
    if (path === undefined) return;
    const slash = path.lastIndexOf('/') + 1;
    const name = path.slice(slash);
    const folder = path.slice(0, slash);
    if (name === OPAQUE) this.#note({ kind: 'opaque', path: folder.slice(0, -1) });
    else if (name.startsWith(WHITEOUT))
      this.#note({ kind: 'whiteouts', path: folder + name.slice(WHITEOUT.length) });
    else this.#note({ kind: type === '5' ? 'folders' : 'others', path });
  }
}

function hasContent(member: TarMember): boolean {
  return isFile(member) && member.size > 0;
}
