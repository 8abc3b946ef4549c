import { createGunzip } from 'node:zlib';

/**
 * What a graph driver's engine keeps of the archive that a layer came as (`tar-split.json.gz`, a JSON object a line, by
 * github.com/vbatts/tar-split): the bytes between the contents of files, and in their places the files.
 */
export type SplitEntry =
  | { bytes: Buffer }
  /** A file's content; its path as it stood in the archive, a character a byte (latin1). */
  | { path: string; size: number };

const FILE = 1;
const SEGMENT = 2;

interface Line {
  type: number;
  /** In base64: of a segment its bytes, of a file a checksum. */
  payload?: string | null;
  name?: string;
  /** In base64, where the name is not UTF-8. */
  name_raw?: string;
  size?: number;
}

/** The entries in their order. */
export async function* splitEntries(packed: Buffer): AsyncGenerator<SplitEntry> {
  for await (const lines of splitLines(packed)) {
    for (const line of lines) {
      const { type, payload, name = '', name_raw: raw, size = 0 } = JSON.parse(line) as Line;
      if (type === SEGMENT) yield { bytes: Buffer.from(payload ?? '', 'base64') };
      else if (type === FILE && size > 0) yield { path: raw ? fromBase64(raw) : bytewise(name), size };
    }
  }
}

/** Bytes of the archive. */
export async function splitSize(packed: Buffer): Promise<number> {
  let total = 0;
  for await (const lines of splitLines(packed)) {
    for (const line of lines) total += lengthOf(line);
  }
  return total;
}

/** Bytes that an entry stands for. That of a segment is told by how long its line is: nothing else is read of it. */
function lengthOf(line: string): number {
  const begin = /^\{"type":2,"payload":"/.exec(line)?.[0].length;
  if (begin !== undefined) return Buffer.byteLength(line.slice(begin, line.indexOf('"', begin)), 'base64');
  const { type, payload, size = 0 } = JSON.parse(line) as Line;
  return type === SEGMENT ? Buffer.byteLength(payload ?? '', 'base64') : size;
}

/** The lines, some at a time, a character a byte: they are UTF-8, and stay so. */
async function* splitLines(packed: Buffer): AsyncGenerator<string[]> {
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  gunzip.end(packed);
  let rest = '';
  for await (const bytes of gunzip as AsyncIterable<Buffer>) {
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = lines.pop()!;
    yield lines;
  }
  if (rest !== '') yield [rest];
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

/** JSON's escapes may stand for characters of several bytes. */
function bytewise(name: string): string {
  return name.replace(/[^\0-\xff]/gu, (character) => Buffer.from(character).toString('latin1'));
}
