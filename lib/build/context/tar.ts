import { type ContextEntry, isDirectory, isFile, isSymlink, KIND } from './source.js';

/** Largest size that USTAR's eleven octal digits hold; beyond it a PAX record says the size. */
const USTAR_MAX_SIZE = 0o77777777777;
const USTAR_MAX_NAME = 100;
const BLOCK = 512;

/** Gathers headers and small files, so that a stream has fewer pieces than the context has files. */
const BATCH_BYTES = 1 << 18;

/** A file to be archived, and its content. */
export interface TarFile {
  entry: ContextEntry;
  /** Exactly as many bytes as the entry's size. */
  content?: Iterable<Buffer> | AsyncIterable<Buffer>;
}

/**
 * A tar archive of these files, in their order, in pieces. Owner 0:0 and times in whole seconds, as the docker CLI
 * sends them.
 */
export async function* tarArchive(files: AsyncIterable<TarFile> | Iterable<TarFile>): AsyncGenerator<Buffer> {
  let batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let filled = 0;
  function* gather(part: Buffer): Generator<Buffer> {
    for (let at = 0; at < part.length;) {
      const copied = part.copy(batch, filled, at);
      at += copied;
      filled += copied;
      if (filled < BATCH_BYTES) continue;
      yield batch;
      [batch, filled] = [Buffer.allocUnsafeSlow(BATCH_BYTES), 0];
    }
  }
  for await (const { entry, content = [] } of files) {
    yield* gather(tarHeader(entry));
    for await (const piece of content) yield* gather(piece);
    yield* gather(padding(entry.size));
  }
  yield* gather(Buffer.alloc(2 * BLOCK));
  yield batch.subarray(0, filled);
}

/** The header of an entry, with PAX records before it where USTAR's fields are too small. */
export function tarHeader(entry: ContextEntry): Buffer {
  const name = isDirectory(entry) ? `${entry.path}/` : entry.path;
  const linkname = entry.linkname ?? '';
  const records: [string, string][] = [];
  if (!fits(name)) records.push(['path', name]);
  if (!fits(linkname)) records.push(['linkpath', linkname]);
  if (entry.size > USTAR_MAX_SIZE) records.push(['size', String(entry.size)]);
  const header = ustar(entry, name, linkname, typeflag(entry));
  if (records.length === 0) return header;
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const pax: ContextEntry = { path: entry.path, mode: KIND.file | 0o644, size: body.length, mtimeNs: 0n };
  return Buffer.concat([ustar(pax, 'PaxHeader', '', 'x'), body, padding(body.length), header]);
}

function ustar(entry: ContextEntry, name: string, linkname: string, flag: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  const seconds = entry.mtimeNs / 1_000_000_000n;
  header.write(cut(name), 0);
  octal(header, 100, 8, entry.mode & 0o7777);
  octal(header, 108, 8, 0);
  octal(header, 116, 8, 0);
  octal(header, 124, 12, Math.min(entry.size, USTAR_MAX_SIZE));
  octal(header, 136, 12, seconds > 0n ? Number(seconds) : 0);
  header.write(flag, 156);
  header.write(cut(linkname), 157);
  header.write('ustar\x0000', 257, 'latin1');
  octal(header, 329, 8, entry.device?.major ?? 0);
  octal(header, 337, 8, entry.device?.minor ?? 0);
  header.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  octal(header, 148, 8, sum);
  return header;
}

function typeflag(entry: ContextEntry): string {
  if (isFile(entry)) return entry.linkname === undefined ? '0' : '1';
  if (isDirectory(entry)) return '5';
  if (isSymlink(entry)) return '2';
  const kind = entry.mode & KIND.mask;
  return kind === KIND.fifo ? '6' : kind === KIND.blockDevice ? '4' : '3';
}

function octal(header: Buffer, at: number, width: number, value: number): void {
  header.write(value.toString(8).padStart(width - 1, '0') + '\0', at, 'latin1');
}

/** USTAR names are bytes, and readers take them for ASCII unless PAX says otherwise. */
function fits(name: string): boolean {
  return name.length <= USTAR_MAX_NAME && isAscii(name);
}

function cut(name: string): string {
  return fits(name) ? name : name.replace(/[^ -~]/g, '_').slice(-USTAR_MAX_NAME);
}

function isAscii(name: string): boolean {
  return Buffer.byteLength(name) === name.length;
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length++;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
