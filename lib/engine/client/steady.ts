import type { Readable } from 'node:stream';

/** Milliseconds without a byte that are allowed in the middle of a stream. */
const PAUSE = 20_000;

/** An answer that had begun, or should have, did not go on. */
export class Stopped extends Error {
  constructor(pause: number) {
    super(`nothing came for ${pause / 1000} s in the middle of it`);
  }
}

export interface Patience {
  /** Milliseconds that no bytes may come for while they are waited for. */
  pause?: number;
  /** Whether the first bytes may take any time; an archive is sent when it is ready, which may be in minutes. */
  beginsAnyTime?: boolean;
}

/**
 * The bytes of a stream, as long as they keep coming. (A stream where silence is in order is watched over by a
 * {@link SilenceWatch}, which asks the engine by another connection.)
 *
 * @throws {Stopped}, and what the stream fails with
 */
export async function* steady(
  stream: Readable,
  { pause = PAUSE, beginsAnyTime = true }: Patience = {},
): AsyncGenerator<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => (timer = setTimeout(() => stream.destroy(new Stopped(pause)), pause));
  try {
    if (!beginsAnyTime) wait();
    const chunks: AsyncIterable<Buffer> = stream;
    for await (const chunk of chunks) {
      clearTimeout(timer);
      yield chunk;
      wait();
    }
  } finally {
    clearTimeout(timer);
  }
}
