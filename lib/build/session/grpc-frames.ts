import { bytesOf } from '../../text/bytes.js';

/** Bytes of the longest message; BuildKit itself takes none over 16 MiB. */
const LONGEST = 64 << 20;

/** A flag (not compressed) and a length stand before each message. */
const PREFIX = 5;

/** A message is longer than any that is taken. */
export class FrameTooLong extends Error {}

/** What stands before a message of so many bytes. */
export function framePrefix(length: number): Buffer {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

/** The messages that a stream's chunks hold, wherever those end. */
export async function* readFrames(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? bytesOf(chunk) : Buffer.concat([pending, bytesOf(chunk)]);
    while (pending.length >= PREFIX) {
      const end = PREFIX + pending.readUInt32BE(1);
      if (end > LONGEST) throw new FrameTooLong('a message of over 64 MiB');
      if (pending.length < end) break;
      const message = pending.subarray(PREFIX, end);
      pending = pending.subarray(end);
      yield message;
    }
  }
}
