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
  /** Behind `pending`; joined only when a message can be whole: a long one comes in thousands of chunks. */
  let more: Buffer[] = [];
  let length = 0;
  let wanted = PREFIX;
  for await (const chunk of chunks) {
    const bytes = bytesOf(chunk);
    more.push(bytes);
    length += bytes.length;
    if (length < wanted) continue;
    pending = more.length === 1 && pending.length === 0 ? bytes : Buffer.concat([pending, ...more]);
    more = [];
    wanted = PREFIX;
    while (pending.length >= PREFIX) {
      const end = PREFIX + pending.readUInt32BE(1);
      if (end > LONGEST) throw new FrameTooLong('a message of over 64 MiB');
      if (pending.length < end) {
        wanted = end;
        break;
      }
      const message = pending.subarray(PREFIX, end);
      pending = pending.subarray(end);
      yield message;
    }
    length = pending.length;
  }
}
