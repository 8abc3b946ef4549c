import { crc32 } from 'node:zlib';

const NOTHING = Buffer.alloc(0);

/** Header of a gzip member (RFC 1952): deflate, no name, no time, an unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** Most bytes that stand stored in one block of deflate (RFC 1951) and of zstd (RFC 8878). */
const LARGEST_DEFLATE = 0xffff;
const LARGEST_ZSTD = 2 ** 17;

/** A gzip member with the bytes as they are: only their checksum is computed. */
export function storedGzip(bytes: Buffer): Buffer {
  const parts: Buffer[] = [GZIP_HEADER];
  for (const { piece, isLast } of piecesOf(bytes, LARGEST_DEFLATE)) {
    const head = Buffer.alloc(5);
    head.writeUInt8(isLast ? 1 : 0);
    head.writeUInt16LE(piece.length, 1);
    head.writeUInt16LE(piece.length ^ 0xffff, 3);
    parts.push(head, piece);
  }
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc32(bytes));
  end.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([...parts, end]);
}

/** A zstd frame with the bytes as they are, without a checksum. */
export function storedZstd(bytes: Buffer): Buffer {
  // The magic number; then that it is a single segment whose length stands in four bytes.
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  const parts: Buffer[] = [header];
  for (const { piece, isLast } of piecesOf(bytes, LARGEST_ZSTD)) {
    const head = Buffer.alloc(3);
    head.writeUIntLE(piece.length * 8 + (isLast ? 1 : 0), 0, 3);
    parts.push(head, piece);
  }
  return Buffer.concat(parts);
}

/** One at least. */
function* piecesOf(bytes: Buffer, largest: number): Generator<{ piece: Buffer; isLast: boolean }> {
  if (bytes.length === 0) yield { piece: NOTHING, isLast: true };
  for (let at = 0; at < bytes.length; at += largest)
    yield { piece: bytes.subarray(at, at + largest), isLast: at + largest >= bytes.length };
}
