/** Largest size that USTAR's eleven octal digits hold; beyond it a PAX record says the size. */
const USTAR_MAX_SIZE = 0o77777777777;
/** Largest user or group that seven octal digits hold. */
const USTAR_MAX_ID = 0o7777777;
const USTAR_MAX_NAME = 100;
const BLOCK = 512;

/** Gathers headers and small files, so that a stream has fewer pieces than the archive has files. */
const BATCH_BYTES = 1 << 18;

/** The end of an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

const TYPE_FLAGS = {
  file: '0',
  'hard link': '1',
  'symbolic link': '2',
  'character device': '3',
  'block device': '4',
  folder: '5',
  fifo: '6',
} as const;

/** A member of an archive that is written. */
export interface TarEntry {
  /** Without a slash at the end, a folder's too. */
  path: string;
  type: keyof typeof TYPE_FLAGS;
  /** Permission bits. */
  mode: number;
  /** Bytes of a file, 0 for everything else. */
  size: number;
  /** Whole seconds since 1970. */
  mtime: number;
  /** What a link leads to. */
  linkname?: string;
  device?: { major: number; minor: number };
  /** Default: 0:0. */
  owner?: { user: number; group: number };
}

export interface TarFile {
  entry: TarEntry;
  /** Exactly as many bytes as the entry's size. */
  content?: Iterable<Buffer> | AsyncIterable<Buffer>;
}

/** A tar archive of these files, in their order, in pieces. */
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
    yield* gather(entryHeader(entry));
    for await (const piece of content) yield* gather(piece);
    yield* gather(tarPadding(entry.size));
  }
  yield* gather(TAR_END);
  yield batch.subarray(0, filled);
}

/** A whole small file: header, content, padding. */
export function tarFile(path: string, content: Buffer, mode?: number): Buffer {
  return Buffer.concat([tarHeader(path, content.length, mode), content, tarPadding(content.length)]);
}

/** The header of a regular file, of 1970. */
export function tarHeader(path: string, size: number, mode = 0o644): Buffer {
  return entryHeader({ path, type: 'file', mode, size, mtime: 0 });
}

/** The header of an entry, with PAX records before it where USTAR's fields are too small. */
export function entryHeader(entry: TarEntry): Buffer {
  const name = entry.type === 'folder' ? `${entry.path}/` : entry.path;
  const { linkname = '' } = entry;
  const records: [string, string][] = [];
  if (!fits(name)) records.push(['path', name]);
  if (!fits(linkname)) records.push(['linkpath', linkname]);
  if (entry.size > USTAR_MAX_SIZE) records.push(['size', String(entry.size)]);
  const { user = 0, group = 0 } = entry.owner ?? {};
  if (user > USTAR_MAX_ID) records.push(['uid', String(user)]);
  if (group > USTAR_MAX_ID) records.push(['gid', String(group)]);
  const header = ustar({ ...entry, path: name }, TYPE_FLAGS[entry.type]);
  if (records.length === 0) return header;
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const pax = ustar({ path: 'PaxHeader', mode: 0o644, size: body.length, mtime: 0 }, 'x');
  return Buffer.concat([pax, body, tarPadding(body.length), header]);
}

/** What fills the last block of a file of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

function ustar(
  { path, mode, size, mtime, linkname = '', device = { major: 0, minor: 0 }, owner }: Omit<TarEntry, 'type'>,
  flag: string,
): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(cut(path), 0);
  octal(header, 100, 8, mode);
  octal(header, 108, 8, Math.min(owner?.user ?? 0, USTAR_MAX_ID));
  octal(header, 116, 8, Math.min(owner?.group ?? 0, USTAR_MAX_ID));
  octal(header, 124, 12, Math.min(size, USTAR_MAX_SIZE));
  octal(header, 136, 12, mtime);
  header.write(flag, 156);
  header.write(cut(linkname), 157);
  header.write('ustar\x0000', 257, 'latin1');
  octal(header, 329, 8, device.major);
  octal(header, 337, 8, device.minor);
  header.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  octal(header, 148, 8, sum);
  return header;
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
