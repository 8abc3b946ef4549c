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
  for await (const { type, payload, name, name_raw: raw, size = 0 } of lines(packed)) {
    if (type === SEGMENT) yield { bytes: Buffer.from(payload ?? '', 'base64') };
    else if (type === FILE && size > 0) {
      yield { path: Buffer.from(raw ?? name ?? '', raw ? 'base64' : 'utf8').toString('latin1'), size };
    }
  }
}

/** Bytes of the archive. */
export async function splitSize(packed: Buffer): Promise<number> {
  let total = 0;
  for await (const { type, payload, size = 0 } of lines(packed)) {
    total += type === SEGMENT ? Buffer.byteLength(payload ?? '', 'base64') : size;
  }
  return total;
}

async function* lines(packed: Buffer): AsyncGenerator<Line> {
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  gunzip.end(packed);
  gunzip.setEncoding('utf8');
  let rest = '';
  for await (const text of gunzip as AsyncIterable<string>) {
    const complete = (rest + text).split('\n');
    rest = complete.pop()!;
    for (const line of complete) yield JSON.parse(line) as Line;
  }
  if (rest !== '') yield JSON.parse(rest) as Line;
}
