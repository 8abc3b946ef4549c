import { joined } from '../text/bytes.js';

/** A member of an archive. */
export interface TarMember {
  /** As in the header: `0` a file, `5` a folder … */
  type: string;
  /** Relative, a character a byte (latin1), since nothing makes names UTF-8; undefined for one that leads out of the root or is none. */
  path?: string;
  /** Bytes of its content. */
  size: number;
}

/** Bytes of an archive, and what they are. */
export interface TarPart {
  bytes: Buffer;
  /** The member whose header these are. */
  begins?: TarMember;
  /** The member whose content these are a part of. */
  of?: TarMember;
}

const HEADER = 512;

/** Largest extended header that is looked into (bytes). */
const LARGEST_EXTENSION = 2 ** 20;

/**
 * Reads an archive as it comes: USTAR with PAX's and GNU's extensions. The parts together are the archive, byte for byte,
 * whatever it holds: what is not understood is passed on as it is.
 */
export class TarReader {
  /** What the bytes that come next are, and how many of them are still to come. */
  #expects: Expected = { what: 'header' };
  #missing = HEADER;
  /** The beginning of a header or extension that has not come whole. */
  #begun: Buffer[] = [];
  /** What extended headers have said of the next member. */
  #extension: Extension = {};

  /** Parts that are complete with these further bytes. */
  push(bytes: Buffer): TarPart[] {
    const parts: TarPart[] = [];
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + Math.min(this.#missing, bytes.length - at));
      at += piece.length;
      this.#missing -= piece.length;
      const expects = this.#expects;
      if (expects.what === 'content') parts.push({ bytes: piece, of: expects.member });
      else if (expects.what === 'rest' || expects.what === 'unknown') parts.push({ bytes: piece });
      else this.#begun.push(piece);
      while (this.#missing === 0) this.#complete(parts);
    }
    return parts;
  }

  /**
   * As if so many bytes, all of a member's content, had been pushed.
   *
   * @returns the member; undefined where something else stands there
   */
  skip(length: number): TarMember | undefined {
    const expects = this.#expects;
    if (expects.what !== 'content' || length !== this.#missing || length !== expects.member.size)
      return undefined;
    this.#missing = 0;
    while (this.#missing === 0) this.#complete([]);
    return expects.member;
  }

  /** The part that was not complete, at the end of the archive. */
  end(): TarPart[] {
    return this.#begun.map((bytes) => ({ bytes }));
  }

  #complete(parts: TarPart[]): void {
    const expects = this.#expects;
    switch (expects.what) {
      case 'header': {
        const bytes = this.#takeBegun();
        const begins = this.#readHeader(bytes);
        parts.push({ bytes, ...(begins && { begins }) });
        break;
      }
      case 'extension': {
        const bytes = this.#takeBegun();
        parts.push({ bytes });
        Object.assign(this.#extension, readExtension(expects.member.type, bytes));
        this.#expect({ what: 'rest' }, padding(expects.member.size));
        break;
      }
      case 'content':
        this.#expect({ what: 'rest' }, padding(expects.member.size));
        break;
      default:
        this.#expect({ what: 'header' }, HEADER);
    }
  }

  #takeBegun(): Buffer {
    const bytes = joined(this.#begun);
    this.#begun = [];
    return bytes;
  }

  #expect(expected: Expected, length: number): void {
    this.#expects = expected;
    this.#missing = length;
  }

  /** @returns the member that begins, unless it only extends the next one */
  #readHeader(header: Buffer): TarMember | undefined {
    if (header.every((byte) => byte === 0)) {
      this.#expect({ what: 'header' }, HEADER);
      return undefined;
    }
    const member = readMember(header);
    if (!member) {
      this.#expect({ what: 'unknown' }, Infinity);
      return undefined;
    }
    const { type } = member;
    if (EXTENSIONS.has(type) && member.size <= LARGEST_EXTENSION) {
      this.#expect({ what: 'extension', member }, member.size);
      return undefined;
    }
    const { path = member.path, size = member.size } = this.#extension;
    this.#extension = {};
    const begins = { type, path: cleanPath(path), size: HAS_NO_CONTENT.has(type) ? 0 : size };
    this.#expect({ what: 'content', member: begins }, begins.size);
    return begins;
  }
}

/** Whether the member is a regular file. */
export function isFile({ type }: TarMember): boolean {
  return type === '0' || type === '\0' || type === '7';
}

type Expected =
  { what: 'header' | 'rest' | 'unknown' } | { what: 'extension' | 'content'; member: TarMember };

interface Extension {
  path?: string;
  size?: number;
}

/** Extended headers of PAX and GNU tar that tell of the member behind them, and PAX's for all members. */
const EXTENSIONS = new Set(['x', 'L', 'K', 'g']);

/** Links, devices, folders, pipes: a size there tells of no content. */
const HAS_NO_CONTENT = new Set(['1', '2', '3', '4', '5', '6']);

function readMember(header: Buffer): TarMember | undefined {
  const expected = readNumber(header.subarray(148, 156));
  // The checksum's own eight bytes count as spaces.
  let sum = 8 * 32;
  for (let at = 0; at < HEADER; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  const size = readNumber(header.subarray(124, 136));
  if (sum !== expected || size === undefined) return undefined;
  const name = readText(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? readText(header.subarray(345, 500)) : '';
  return {
    type: header.toString('latin1', 156, 157),
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
  // eslint-disable-next-line regexp/no-super-linear-backtracking -- A field has 12 bytes.
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

/** What most paths have not: NULs, and parts that are empty, `.` or `..`. */
const UNCLEAN = /\0|^$|^\/|\/\/|\/$|(?:^|\/)\.\.?(?:\/|$)/;

/** A path without empty and `.` parts. */
export function cleanPath(path: string | undefined): string | undefined {
  if (path !== undefined && !UNCLEAN.test(path)) return path;
  if (path === undefined || path.includes('\0')) return undefined;
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.length === 0 || names.includes('..')) return undefined;
  return names.join('/');
}

function padding(size: number): number {
  return (HEADER - (size % HEADER)) % HEADER;
}
