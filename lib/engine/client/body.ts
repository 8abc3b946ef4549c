import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { steady } from './steady.js';

/** An answer is longer than anybody reads it. */
export class TooLong extends Error {}

/**
 * The bytes of an answer. One that ends before its time fails.
 *
 * @param explain makes the error of what the connection failed with
 */
export function bodyOf(response: IncomingMessage, explain: (error: Error) => Error): Readable {
  const body = new PassThrough();
  const fail = (error: Error) => body.destroy(explain(error));
  response.on('error', fail);
  response.on('close', () => {
    if (!response.complete) fail(new Error('aborted'));
  });
  body.on('close', () => {
    if (!response.readableEnded) response.destroy();
  });
  return response.pipe(body);
}

/**
 * An answer that comes in one piece, as text.
 *
 * @param limit bytes
 * @param pause milliseconds without a byte after which it is given up; never unless given
 * @throws {TooLong}, Stopped, and what the body fails with
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
