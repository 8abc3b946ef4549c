import { bytesOf } from '../../text/bytes.js';

/** A piece of what a container without a terminal writes. */
export interface OutputPiece {
  stream: 'stdout' | 'stderr';
  bytes: Buffer;
}

const HEADER = 8;
const STREAMS: Readonly<Record<number, OutputPiece['stream']>> = { 1: 'stdout', 2: 'stderr' };

/**
 * Takes a container's output out of the frames in which an engine sends it: a byte that says which stream, three zeros,
 * four bytes of length (big endian), then as many bytes (Docker Engine API, "Attach to a container"). What is of neither
 * stream is left out.
 */
export async function* outputFrames(source: AsyncIterable<unknown>): AsyncGenerator<OutputPiece> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? bytesOf(chunk) : Buffer.concat([rest, bytesOf(chunk)]);
    while (rest.length >= HEADER && rest.length >= HEADER + rest.readUInt32BE(4)) {
      const end = HEADER + rest.readUInt32BE(4);
      const stream = STREAMS[rest.readUInt8(0)];
      if (stream) yield { stream, bytes: rest.subarray(HEADER, end) };
      rest = rest.subarray(end);
    }
  }
}
