import { type ContextEntry, KIND } from '../context/source.js';

/**
 * The messages of fsutil's file sync (`fsutil.types.Packet` and `Stat`), written and read by hand: a context has tens
 * of thousands of them, and a general protobuf encoder costs more than everything else together.
 */
const PACKET = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const;

const FIELD = { type: 0x08, stat: 0x12, id: 0x18, data: 0x22 } as const;
const STAT = {
  path: 0x0a,
  mode: 0x10,
  size: 0x28,
  mtime: 0x30,
  linkname: 0x3a,
  major: 0x40,
  minor: 0x48,
} as const;

/** Go's os.FileMode keeps the kind and the set-id and sticky bits elsewhere than Unix does. */
const GO_KIND: Record<number, number> = {
  [KIND.directory]: 0x80000000,
  [KIND.symlink]: 0x08000000,
  [KIND.blockDevice]: 0x04000000,
  [KIND.fifo]: 0x02000000,
  [KIND.characterDevice]: 0x04200000,
};
const GO_SETUID = 0x00800000;
const GO_SETGID = 0x00400000;
const GO_STICKY = 0x00100000;

export type Request = { type: 'file'; id: number } | { type: 'end' } | { type: 'error'; message: string };

/** What the engine asks for. */
export function decodeRequest(packet: Buffer): Request {
  let type: number = PACKET.stat;
  let id = 0;
  let data: Buffer = Buffer.alloc(0);
  let at = 0;
  const number = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = packet[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < packet.length) {
    const field = number();
    if (field === FIELD.type) type = number();
    else if (field === FIELD.id) id = number();
    else {
      const length = number();
      if (field === FIELD.data) data = packet.subarray(at, at + length);
      at += length;
    }
  }
  if (type === PACKET.request) return { type: 'file', id };
  if (type === PACKET.end) return { type: 'end' };
  return { type: 'error', message: data.toString() };
}

/** An entry of the context; without one, the mark that there are no more. */
export function encodeStat(entry?: ContextEntry): Buffer {
  if (!entry) return Buffer.from([FIELD.type, PACKET.stat]);
  const stat = new FieldWriter(Buffer.byteLength(entry.path) + Buffer.byteLength(entry.linkname ?? '') + 64);
  stat.text(STAT.path, entry.path);
  stat.number(STAT.mode, goMode(entry.mode));
  if (entry.size > 0) stat.number(STAT.size, entry.size);
  stat.int64(STAT.mtime, entry.mtimeNs);
  if (entry.linkname !== undefined) stat.text(STAT.linkname, entry.linkname);
  if (entry.device) {
    stat.number(STAT.major, entry.device.major);
    stat.number(STAT.minor, entry.device.minor);
  }
  const packet = new FieldWriter(stat.length + 8);
  packet.bytes(FIELD.stat, stat.written());
  return packet.written();
}

/**
 * A piece of the file with this number; without one, the mark that the file has ended.
 * @returns parts that make one packet together: a piece is not copied
 */
export function encodeData(id: number, piece?: Buffer): Buffer[] {
  const packet = new FieldWriter(24);
  packet.number(FIELD.type, PACKET.data);
  packet.number(FIELD.id, id);
  if (!piece) return [packet.written()];
  packet.number(FIELD.data, piece.length);
  return [packet.written(), piece];
}

export function encodeEnd(): Buffer {
  return Buffer.from([FIELD.type, PACKET.end]);
}

export function encodeError(message: string): Buffer {
  const packet = new FieldWriter(Buffer.byteLength(message) + 12);
  packet.number(FIELD.type, PACKET.error);
  packet.text(FIELD.data, message);
  return packet.written();
}

function goMode(mode: number): number {
  let go = (mode & 0o777) + (GO_KIND[mode & KIND.mask] ?? 0);
  if (mode & 0o4000) go += GO_SETUID;
  if (mode & 0o2000) go += GO_SETGID;
  if (mode & 0o1000) go += GO_STICKY;
  return go;
}

class FieldWriter {
  readonly #buffer: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  number(field: number, value: number): void {
    this.#buffer[this.length++] = field;
    this.#varint(value);
  }

  int64(field: number, value: bigint): void {
    this.#buffer[this.length++] = field;
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) this.#buffer[this.length++] = Number(rest & 127n) | 128;
    this.#buffer[this.length++] = Number(rest);
  }

  text(field: number, value: string): void {
    this.number(field, Buffer.byteLength(value));
    this.length += this.#buffer.write(value, this.length);
  }

  bytes(field: number, value: Buffer): void {
    this.number(field, value.length);
    this.length += value.copy(this.#buffer, this.length);
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#buffer[this.length++] = (rest % 128) | 128;
    this.#buffer[this.length++] = rest;
  }
}
