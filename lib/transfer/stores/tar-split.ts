import { createGunzip } from 'node:zlib';
import { bytesOf } from '../../text/bytes.js';
import { isRecord, isText } from '../../text/record.js';
import { NotAssembled } from '../base/failures.js';

/**
 * What a graph driver's engine keeps of the archive that a layer came as (`tar-split.json.gz`, a JSON object a line, by
 * github.com/vbatts/tar-split): the bytes between the contents of files, and in their places the files.
 */
export type SplitEntry = { bytes: Buffer } | SplitFile;

/** The content of a file. */
export interface SplitFile {
  /** As it stood in the archive, a character a byte (latin1). */
  path: string;
  /** Bytes. */
  size: number;
  /** CRC-64 (ISO 3309) in base64: good enough to look for what is unchanged, where a digest proves the whole. */
  checksum: string;
}

const FILE = 1;

/** A line that stands for a file. */
interface FileLine {
  /** A checksum in base64. */
  payload?: string | null;
  name?: string | null;
  /** In base64, where the name is not UTF-8. */
  name_raw?: string | null;
  size?: number | null;
}

/** How the line of a segment begins: its bytes follow, in base64. */
const SEGMENT = Buffer.from('{"type":2,"payload":"');
const QUOTE = 0x22;
const LINE_END = 0x0a;

/**
 * The entries in their order.
 *
 * @throws {NotAssembled}
 */
export async function* splitEntries(packed: Buffer): AsyncGenerator<SplitEntry> {
  for await (const lines of splitLines(packed)) {
    for (const line of lines) {
      const segment = segmentIn(line);
      const entry = segment ? { bytes: Buffer.from(segment.toString('latin1'), 'base64') } : fileIn(line);
      if (entry) yield entry;
    }
  }
}

/** Bytes of the archive, and the files in it. */
export async function splitSummary(packed: Buffer): Promise<{ size: number; files: SplitFile[] }> {
  const files: SplitFile[] = [];
  let size = 0;
  for await (const lines of splitLines(packed)) {
    for (const line of lines) {
      const segment = segmentIn(line);
      if (segment) size += lengthOf(segment);
      else {
        const file = fileIn(line);
        if (file) files.push(file);
        size += file?.size ?? 0;
      }
    }
  }
  return { size, files };
}

/** The base64 in the line of a segment. */
function segmentIn(line: Buffer): Buffer | undefined {
  const begin = SEGMENT.length;
  if (line.length <= begin || SEGMENT.compare(line, 0, begin) !== 0) return undefined;
  return line.subarray(begin, line.indexOf(QUOTE, begin));
}

/** Length of the decoded base64, without decoding it. */
function lengthOf(base64: Buffer): number {
  const end = base64.toString('latin1', Math.max(0, base64.length - 4));
  return ((base64.length - end.length) / 4) * 3 + Buffer.byteLength(end, 'base64');
}

/** The file of a line, if it has any content. */
function fileIn(line: Buffer): SplitFile | undefined {
  // Names are UTF-8; read as latin1 (one character per byte), they keep their bytes.
  const entry: unknown = parsed(line);
  if (!isFileLine(entry)) throw new NotAssembled('what the engine keeps of it is of an unknown kind');
  const { payload, name, name_raw: raw, size } = entry;
  if (!size) return undefined;
  return { path: raw ? fromBase64(raw) : bytewise(name ?? ''), size, checksum: payload ?? '' };
}

function isFileLine(value: unknown): value is FileLine {
  if (!isRecord(value) || value.type !== FILE) return false;
  const { payload, name, name_raw: raw, size } = value;
  return (
    [payload, name, raw].every((text) => (text ?? '') === '' || isText(text)) &&
    typeof (size ?? 0) === 'number'
  );
}

function parsed(line: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(line.toString('latin1'));
    return value;
  } catch (cause) {
    throw new NotAssembled('what the engine keeps of it is no JSON', { cause });
  }
}

/** The lines, some at a time. */
async function* splitLines(packed: Buffer): AsyncGenerator<Buffer[]> {
  try {
    yield* linesOf(packed);
  } catch (cause) {
    throw new NotAssembled('what the engine keeps of it cannot be unpacked', { cause });
  }
}

async function* linesOf(packed: Buffer): AsyncGenerator<Buffer[]> {
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  gunzip.end(packed);
  /** The beginning of a line that has not come whole. */
  let begun: Buffer[] = [];
  for await (const piece of gunzip) {
    const chunk = bytesOf(piece);
    if (!chunk.includes(LINE_END)) {
      begun.push(chunk);
      continue;
    }
    const bytes = begun.length === 0 ? chunk : Buffer.concat([...begun, chunk]);
    const lines: Buffer[] = [];
    let at = 0;
    for (let end; (end = bytes.indexOf(LINE_END, at)) !== -1; at = end + 1)
      lines.push(bytes.subarray(at, end));
    begun = at < bytes.length ? [bytes.subarray(at)] : [];
    yield lines;
  }
  if (begun.length > 0) yield [Buffer.concat(begun)];
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

/** JSON's escapes may stand for characters of several bytes. */
function bytewise(name: string): string {
  return name.replace(/[^\0-\xff]/gu, (character) => Buffer.from(character).toString('latin1'));
}
