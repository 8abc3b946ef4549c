import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { steady } from './steady.js';

/** Bytes that are taken ahead of the reader, who then gets them in fewer pieces. */
const AHEAD = 2 ** 19;

/** What a body emits with its first bytes, however it is read. */
export const FIRST_BYTES = 'firstBytes';

/** An answer is longer than the limit of the call that reads it. */
export class TooLong extends Error {}

/**
 * The bytes of an answer. A body that ends before its declared length is an error.
 *
 * @param explain turns the error of the connection into the one to throw
 */
export function bodyOf(response: IncomingMessage, explain: (error: Error) => Error): Readable {
  const body = new PassThrough({ highWaterMark: AHEAD });
  const fail = (error: Error) => body.destroy(explain(error));
  response.on('error', fail);
  response.on('close', () => {
    if (!response.complete) fail(new Error('aborted'));
  });
  response.once('data', () => body.emit(FIRST_BYTES));
  // Who reads it is told; where nobody has begun to, or has had enough, it is no failure of the program.
  body.on('error', () => undefined);
  body.on('close', () => {
    if (!response.readableEnded) response.destroy();
  });
  return response.pipe(body);
}

/**
 * Reads a whole answer as text.
 *
 * @param limit bytes
 * @param pause milliseconds without a byte after which reading fails; without it there is no such limit
 * @throws {TooLong}, Stopped, and the errors of the body
 */
export async function textOf(body: Readable, limit: number, pause?: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const coming: AsyncIterable<Buffer> =
    pause === undefined ? body : steady(body, { pause, beginsAnyTime: false });
  for await (const chunk of coming) {
    length += chunk.length;
    if (length > limit) throw new TooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
