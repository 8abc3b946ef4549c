import { hash } from 'node:crypto';

import { BLOCK, type IndexedFile, type LayerIndex } from './layer-index.js';

/** Bytes of a layer's archive; those of a file's block with their hash. */
export interface Piece {
  bytes: Buffer;
  hash?: string;
}

const HEADER = 512;

/** Files below this size (bytes) are not worth an operation. */
const SMALLEST_FILE = 64;

/** Largest extended header that is looked into (bytes). */
const LARGEST_EXTENSION = 2 ** 20;

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/**
 * Takes a layer's archive apart as it comes, and lists what is in it. The pieces together are the archive, byte for
 * byte, whatever it holds: what is not understood is passed on as it is.
 */
export class LayerScanner {
  #size = 0;
  readonly #files = new Map<string, IndexedFile>();
  readonly #folders = new Set<string>();
  readonly #others = new Set<string>();
  readonly #whiteouts = new Set<string>();
  readonly #opaque = new Set<string>();

  /** What the bytes that come next are, and how many of them are still to come. */
  #expects: Expected = 'header';
  #missing = HEADER;
  /** The part of it that is here already; of `rest` and `unknown` nothing is kept. */
  #parts: Buffer[] = [];
  /** Of the member that is being read. */
  #member?: Member;
  /** Its blocks so far. */
  #blocks: string[] = [];
  /** What extended headers have said of the next member. */
  #extension: Extension = {};

  /** Pieces that are complete with these further bytes. */
  push(bytes: Buffer): Piece[] {
    const pieces: Piece[] = [];
    this.#size += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + Math.min(this.#missing, bytes.length - at));
      at += part.length;
      this.#missing -= part.length;
      if (this.#expects === 'rest' || this.#expects === 'unknown') pieces.push({ bytes: part });
      else this.#parts.push(part);
      while (this.#missing === 0) this.#complete(pieces);
    }
    return pieces;
  }

  /** The pieces that were not complete, at the end of the archive. */
  end(): Piece[] {
    return this.#parts.map((bytes) => ({ bytes }));
  }

  /** What was in the archive. */
  index(): LayerIndex {
    return {
      size: this.#size,
      files: [...this.#files.values()],
      folders: [...this.#folders],
      others: [...this.#others],
      whiteouts: [...this.#whiteouts],
      opaque: [...this.#opaque],
    };
  }

  #complete(pieces: Piece[]): void {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    switch (this.#expects) {
      case 'header':
        pieces.push({ bytes });
        this.#readHeader(bytes);
        break;
      case 'extension':
        pieces.push({ bytes });
        Object.assign(this.#extension, readExtension(this.#member!.type, bytes));
        this.#expect('rest', padding(this.#member!.size));
        break;
      case 'block': {
        const digest = hash('sha256', bytes, 'base64');
        pieces.push({ bytes, hash: digest });
        this.#blocks.push(digest);
        this.#nextBlock();
        break;
      }
      default:
        this.#expect('header', HEADER);
    }
  }

  #expect(what: Expected, length: number): void {
    this.#expects = what;
    this.#missing = length;
  }

  #readHeader(header: Buffer): void {
    if (header.every((byte) => byte === 0)) return this.#expect('header', HEADER);
    const member = readMember(header);
    if (!member) return this.#expect('unknown', Infinity);
    const { type } = member;
    if (EXTENSIONS.has(type) && member.size <= LARGEST_EXTENSION) {
      this.#member = member;
      return this.#expect('extension', member.size);
    }
    const { path = member.path, size = member.size } = this.#extension;
    this.#extension = {};
    this.#member = { type, path: cleanPath(path), size };
    this.#blocks = [];
    if (isFile(type) && size >= SMALLEST_FILE) return this.#nextBlock();
    this.#list(this.#member);
    this.#expect('rest', HAS_NO_CONTENT.has(type) ? 0 : size + padding(size));
  }

  #nextBlock(): void {
    const { path, size } = this.#member!;
    const left = size - this.#blocks.length * BLOCK;
    if (left > 0) return this.#expect('block', Math.min(BLOCK, left));
    if (path !== undefined && !path.split('/').some((name) => name.startsWith(WHITEOUT))) {
      this.#others.delete(path);
      this.#files.set(path, { path, size, blocks: this.#blocks });
    }
    this.#expect('rest', padding(size));
  }

  #list({ type, path }: Member): void {
    if (path === undefined) return;
    const slash = path.lastIndexOf('/') + 1;
    const name = path.slice(slash);
    const folder = path.slice(0, slash);
    if (name === OPAQUE) this.#opaque.add(folder.slice(0, -1));
    else if (name.startsWith(WHITEOUT)) this.#whiteouts.add(folder + name.slice(WHITEOUT.length));
    else {
      this.#files.delete(path);
      (type === '5' ? this.#folders : this.#others).add(path);
    }
  }
}

type Expected = 'header' | 'extension' | 'block' | 'rest' | 'unknown';

/** A member of an archive. */
interface Member {
  type: string;
  /** Undefined for a path that leads out of the root or is none. */
  path?: string;
  size: number;
}

interface Extension {
  path?: string;
  size?: number;
}

/** Extended headers of PAX and GNU tar that tell of the member behind them, and PAX's for all members. */
const EXTENSIONS = new Set(['x', 'L', 'K', 'g']);

/** Links, devices, folders, pipes: a size there tells of no content. */
const HAS_NO_CONTENT = new Set(['1', '2', '3', '4', '5', '6']);

const isFile = (type: string) => type === '0' || type === '\0' || type === '7';

function readMember(header: Buffer): Member | undefined {
  const expected = readNumber(header.subarray(148, 156));
  let sum = 8 * 32;
  for (let i = 0; i < HEADER; i++) if (i < 148 || i >= 156) sum += header[i]!;
  const size = readNumber(header.subarray(124, 136));
  if (sum !== expected || size === undefined) return undefined;
  const name = readText(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? readText(header.subarray(345, 500)) : '';
  return {
    type: String.fromCharCode(header[156]!),
    path: prefix === '' ? name : `${prefix}/${name}`,
    size,
  };
}

/** Octal digits, or GNU's base 256. */
function readNumber(field: Buffer): number | undefined {
  if (field[0] === 0x80) {
    const value = Number(field.readBigUInt64BE(field.length - 8));
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? undefined : parseInt(digits || '0', 8);
}

function readText(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? field.length : end);
}

function readExtension(type: string, content: Buffer): Extension {
  if (type === 'L') return { path: readText(content) };
  return type === 'x' ? readRecords(content) : {};
}

/** PAX's records: `<length> <key>=<value>\n`. */
function readRecords(content: Buffer): Extension {
  const extension: Extension = {};
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(' ', at);
    const length = Number(content.toString('latin1', at, space));
    if (space === -1 || !(length > space - at)) break;
    const [, key, value = ''] =
      /^([^=]*)=(.*)$/s.exec(content.toString('latin1', space + 1, at + length - 1)) ?? [];
    if (key === 'path') extension.path = value;
    if (key === 'size' && /^\d+$/.test(value)) extension.size = Number(value);
    at += length;
  }
  return extension;
}

function cleanPath(path: string | undefined): string | undefined {
  const names = path?.split('/').filter((name) => name !== '' && name !== '.');
  if (!names || names.length === 0 || names.includes('..') || path!.includes('\0')) return undefined;
  return names.join('/');
}

function padding(size: number): number {
  return (HEADER - (size % HEADER)) % HEADER;
}
