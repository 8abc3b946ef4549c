import type { Writable } from 'node:stream';
import { drained } from '../../system/drained.js';
import { listenTogether } from '../../system/shared-listener.js';
import { bytesOf } from '../../text/bytes.js';

const HEADER = 8;
const STDERR = 2;

/** Thrown when standard output takes no more: its reader has gone (`… | head`, EPIPE), or its disk is full. */
export class OutputClosed extends Error {
  constructor(override readonly cause?: NodeJS.ErrnoException) {
    super('standard output takes no more');
  }
}

/**
 * Copies a container's output to the standard streams, no faster than they are read, until it ends.
 *
 * Without a terminal the engine frames it: one byte that says which stream, three zeros, four bytes of length (big
 * endian), then as many bytes (Docker Engine API, "Attach to a container").
 *
 * @param framed false where the container has a terminal
 * @throws {OutputClosed}
 */
export async function copyOutput(
  source: AsyncIterable<unknown>,
  { stdout, stderr }: { stdout: Writable; stderr: Writable },
  framed: boolean,
): Promise<void> {
  const out = new Outlet(stdout);
  const err = new Outlet(stderr);
  try {
    const header = Buffer.alloc(HEADER);
    let headerBytes = 0;
    let frameBytes = 0;
    let outlet = out;
    for await (const piece of source) {
      const chunk = bytesOf(piece);
      if (!framed) {
        await write(out, chunk);
        continue;
      }
      for (let at = 0; at < chunk.length;) {
        if (frameBytes === 0) {
          const taken = chunk.copy(header, headerBytes, at, at + HEADER - headerBytes);
          at += taken;
          headerBytes += taken;
          if (headerBytes < HEADER) break;
          headerBytes = 0;
          frameBytes = header.readUInt32BE(4);
          outlet = header[0] === STDERR ? err : out;
        } else {
          const part = chunk.subarray(at, at + frameBytes);
          at += part.length;
          frameBytes -= part.length;
          if (outlet === out) await write(out, part);
          else if (!err.closed) await err.write(part);
        }
      }
    }
    if (out.closed) throw new OutputClosed(out.error);
  } finally {
    out.release();
    err.release();
  }
}

async function write(out: Outlet, part: Buffer): Promise<void> {
  if (!out.closed) await out.write(part);
  if (out.closed) throw new OutputClosed(out.error);
}

/** A stream that may be closed by its reader, which is no error here. */
class Outlet {
  readonly #stream: Writable;
  closed = false;
  error?: NodeJS.ErrnoException;
  readonly release: () => void;

  constructor(stream: Writable) {
    this.#stream = stream;
    this.release = listenTogether(stream, 'error', this.#onError);
    this.closed = !stream.writable;
  }

  async write(part: Buffer): Promise<void> {
    if (this.#stream.write(part)) return;
    // `close` and `error` come instead of `drain` when the reader has gone.
    await drained(this.#stream);
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.closed = true;
    this.error = error;
  };
}
