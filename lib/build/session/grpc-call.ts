import type { ServerHttp2Stream } from 'node:http2';
import { drained } from '../../system/drained.js';
import { messageOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import { framePrefix, readFrames } from './grpc-frames.js';

/** Status codes of gRPC that have a meaning here. */
export const STATUS = {
  ok: 0,
  unknown: 2,
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** Ends a call with a status. */
export class GrpcError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads what the other side asks for. What cannot be read is no failure of ours: it is told so, and its build ends by that.
 * @throws {GrpcError}; a UserError of what it takes to read it
 */
export function readQuestion<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new GrpcError(STATUS.invalidArgument, messageOf(error));
  }
}

/** Bytes of messages that are gathered to one write. */
const BATCH = 1 << 16;

/** One call of a gRPC method: messages that come (iterate over it), messages that go, and a status at the end. */
export class GrpcCall {
  readonly #stream: ServerHttp2Stream;
  readonly #headers: readonly string[];
  #batch: Buffer | undefined;
  #filled = 0;
  /** Batches that have been written: of hundreds of megabytes a few are all that is ever allocated. */
  readonly #spare: Buffer[] = [];

  constructor(stream: ServerHttp2Stream, headers: readonly string[]) {
    this.#stream = stream;
    this.#headers = headers;
    // Whoever reads or writes learns of a broken stream by its end.
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  }

  /** Whether the other side has gone. */
  get closed(): boolean {
    return this.#stream.closed || this.#stream.destroyed || this.#stream.writableEnded;
  }

  /** All values of a header, as they were sent. */
  metadata(name: string): string[] {
    const values: string[] = [];
    for (let at = 0; at < this.#headers.length; at += 2) {
      // Node reads the bytes of headers as Latin-1.
      const [key, value] = this.#headers.slice(at, at + 2);
      if (key === name && value !== undefined) values.push(Buffer.from(value, 'latin1').toString());
    }
    return values;
  }

  /** The messages that come. */
  [Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    return readFrames(this.#stream.iterator({ destroyOnReturn: false }));
  }

  /**
   * @param parts of one message, which are copied before this returns
   * @returns false where the sender should wait for {@link drained} before it goes on
   */
  send(...parts: Buffer[]): boolean {
    if (this.#filled === 0) setImmediate(() => this.#flush());
    this.#gather(framePrefix(parts.reduce((sum, part) => sum + part.length, 0)));
    for (const part of parts) this.#gather(part);
    return !this.#stream.writableNeedDrain;
  }

  /** Resolves when more can be sent, or the other side has gone. */
  async drained(): Promise<void> {
    this.#flush();
    if (this.closed || !this.#stream.writableNeedDrain) return;
    await drained(this.#stream);
  }

  end(status: number = STATUS.ok, message = ''): void {
    this.#flush();
    if (this.closed) return;
    this.#stream.once('wantTrailers', () =>
      this.#stream.sendTrailers({
        'grpc-status': String(status),
        'grpc-message': encodeURIComponent(message),
      }),
    );
    this.#stream.end();
  }

  fail(error: unknown): void {
    this.end(error instanceof GrpcError ? error.status : STATUS.unknown, messageOf(error));
  }

  #gather(part: Buffer): void {
    for (let at = 0; at < part.length;) {
      this.#batch ??= this.#spare.pop() ?? Buffer.allocUnsafeSlow(BATCH);
      const copied = part.copy(this.#batch, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled === BATCH) this.#flush();
    }
  }

  #flush(): void {
    const batch = this.#batch;
    const filled = this.#filled;
    if (!batch || filled === 0) return;
    [this.#batch, this.#filled] = [undefined, 0];
    if (!this.closed) this.#stream.write(batch.subarray(0, filled), () => this.#spare.push(batch));
  }
}
