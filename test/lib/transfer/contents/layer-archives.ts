import { tarPadding } from '../../../../lib/oci/tar-writer.js';

/** A member of a layer's archive; paths and links are latin1, a character a byte. */
export interface Member {
  path: string;
  /** `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder, `6` pipe. */
  type: '0' | '1' | '2' | '3' | '4' | '5' | '6';
  content?: Buffer;
  link?: string;
  /** Records of an extended header, such as extended attributes. */
  records?: Record<string, string>;
  mtime?: number;
  /** How a path that does not fit is written. */
  long?: 'pax' | 'gnu';
}

/** The archive, as engines write them. */
export function layerArchive(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(memberBytes), Buffer.alloc(1024)]);
}

function memberBytes({
  path,
  type,
  content = Buffer.alloc(0),
  link = '',
  records = {},
  mtime = 0,
  long = 'pax',
}: Member) {
  const all = { ...records };
  const before: Buffer[] = [];
  const isLong = path.length > 100;
  if (isLong && long === 'pax') all.path = path;
  if (isLong && long === 'gnu')
    before.push(withContent(header('././@LongLink', 'L', path.length + 1), `${path}\0`));
  if (link.length > 100) all.linkpath = link;
  const text = Object.entries(all)
    .map(([key, value]) => record(key, value))
    .join('');
  if (text !== '') before.push(withContent(header('PaxHeaders/x', 'x', text.length), text));
  const own = header(path.slice(0, 100), type, type === '0' ? content.length : 0, {
    link: link.slice(0, 100),
    mtime,
  });
  return Buffer.concat([...before, type === '0' ? withContent(own, content) : own]);
}

function withContent(head: Buffer, content: Buffer | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return Buffer.concat([head, bytes, tarPadding(bytes.length)]);
}

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

function header(name: string, type: string, size: number, { link = '', mtime = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  bytes.write(name, 0, 100, 'latin1');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(mtime, 136, 12);
  bytes.write('        ', 148, 'latin1');
  bytes.write(type, 156, 'latin1');
  bytes.write(link, 157, 100, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
