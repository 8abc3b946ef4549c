import type { Readable } from 'node:stream';
import { bytesOf } from '../../text/bytes.js';

/** A piece of what a container without a terminal writes. */
export interface OutputPiece {
  stream: 'stdout' | 'stderr';
  bytes: Buffer;
}

const HEADER = 8;
const STDERR = 2;

/**
 * Takes a container's output out of the frames in which an engine sends it: a byte that says which stream, three zeros,
 * four bytes of length (big endian), then as many bytes (Docker Engine API, "Attach to a container").
 */
export async function* outputFrames(source: Readable): AsyncGenerator<OutputPiece> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? bytesOf(chunk) : Buffer.concat([rest, bytesOf(chunk)]);
    while (rest.length >= HEADER && rest.length >= HEADER + rest.readUInt32BE(4)) {
      const end = HEADER + rest.readUInt32BE(4);
      yield { stream: rest[0] === STDERR ? 'stderr' : 'stdout', bytes: rest.subarray(HEADER, end) };
      rest = rest.subarray(end);
    }
  }
}
