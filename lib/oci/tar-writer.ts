const BLOCK = 512;

/** Largest size that USTAR's octal field holds; engines read larger ones in GNU's base-256 form. */
const OCTAL_LIMIT = 8 ** 11;

/** The end of an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** USTAR header of a regular file, owner 0:0, time 0. `name` has at most 100 ASCII characters. */
export function tarHeader(name: string, size: number, mode = 0o644): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, 'latin1');
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  writeSize(header, size);
  header.write('00000000000\0', 136, 'latin1');
  header.write('        0', 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** What fills the last block of a file of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** A whole small file: header, content, padding. */
export function tarFile(name: string, content: Buffer, mode?: number): Buffer {
  return Buffer.concat([tarHeader(name, content.length, mode), content, tarPadding(content.length)]);
}

function writeSize(header: Buffer, size: number): void {
  if (size < OCTAL_LIMIT) {
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  } else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
}
