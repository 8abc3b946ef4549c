import type { Readable } from 'node:stream';

/** Milliseconds that an engine may stop for in the middle of what it gives away as it is. */
const PAUSE = 20_000;

/** The bytes of a stream; it fails where no more come though they are waited for, once it has begun. */
export async function* steady(stream: Readable, pause = PAUSE): AsyncGenerator<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const chunks: AsyncIterable<Buffer> = stream;
    for await (const chunk of chunks) {
      clearTimeout(timer);
      yield chunk;
      const silent = new Error(`nothing came for ${pause / 1000} s in the middle of it`);
      timer = setTimeout(() => stream.destroy(silent), pause);
    }
  } finally {
    clearTimeout(timer);
  }
}
