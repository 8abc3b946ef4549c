/** Operations of helper/sync.c, which says what they are. */

/** A path below one of its roots. */
export interface RootPath {
  root: number;
  path: string;
}

export interface Owner {
  user: number;
  group: number;
}

export function ownerOperation({ user, group }: Owner): Buffer {
  return operation('O', user, group);
}

export function folderOperation({ root, path }: RootPath, mode: number): Buffer {
  return operation('D', root, path, mode);
}

/** Chunks and their end follow. @param mtimeNs nanoseconds since 1970 */
export function fileOperation({ root, path }: RootPath, mode: number, mtimeNs: bigint): Buffer {
  const nanos = mtimeNs > 0n ? mtimeNs : 0n;
  const times = [nanos / 1_000_000_000n, nanos % 1_000_000_000n].map(Number);
  return operation('F', root, path, mode, ...times);
}

/** Stands before so many bytes of a file's content. */
export function chunkHead(length: number): Buffer {
  return Buffer.from(digits(length));
}

/** @param good whether the file shall be put into its place */
export function fileEnd(good: boolean): Buffer {
  return Buffer.from([0, good ? 1 : 0]);
}

export function linkOperation({ root, path }: RootPath, text: Buffer): Buffer {
  return Buffer.concat([operation('L', root, path), Buffer.from(digits(text.length)), text]);
}

export function removalOperation({ root, path }: RootPath): Buffer {
  return operation('X', root, path);
}

export function lookOperation({ root, path }: RootPath): Buffer {
  return operation('C', root, path);
}

/** @param since seconds since 1970, of the engine's clock: of what is no folder, only what has changed from then on */
export function listOperation({ root, path }: RootPath, since: number): Buffer {
  return operation('S', root, path, since);
}

/** Bytes that a part of a file has at most. */
export const PART = 1 << 16;

/** @param offset bytes */
export function readOperation({ root, path }: RootPath, offset: number): Buffer {
  return operation('R', root, path, offset, PART);
}

export const ASK = Buffer.from('A');

function operation(letter: string, ...values: (number | string)[]): Buffer {
  const parts = values.map((value) => {
    if (typeof value === 'number') return Buffer.from(digits(value));
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from(digits(bytes.length)), bytes]);
  });
  return Buffer.concat([Buffer.from(letter), ...parts]);
}

/** LEB128. */
function digits(value: number): number[] {
  const all: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...all, left];
    all.push((left % 128) | 128);
  }
}
