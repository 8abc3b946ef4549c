import http2, {
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { Duplex } from 'node:stream';
import { GrpcError, STATUS } from './grpc-call.js';
import { framePrefix, FrameTooLong, readFrames } from './grpc-frames.js';
import { destroyLater } from './http2-session.js';

/** Why a build failed comes in headers, with all that the engine knows of it. */
const MAX_HEADERS = 1 << 20;

/** Calls gRPC methods over a connection. */
export class GrpcClient {
  readonly #session: ClientHttp2Session;

  constructor(connection: Duplex) {
    this.#session = http2.connect('http://engine', {
      createConnection: () => connection,
      settings: { maxHeaderListSize: MAX_HEADERS, enablePush: false },
    });
    this.#session.on('error', () => connection.destroy());
  }

  /**
   * Sends a message to a method, and gives those that it answers with.
   * @throws {GrpcError} where the method ends by another status than OK, or the connection breaks (`unavailable`);
   * FrameTooLong
   */
  async *call(method: string, message: Buffer, signal?: AbortSignal): AsyncGenerator<Buffer> {
    if (this.#session.destroyed) throw broken();
    const stream = this.#session.request(requestHeaders(method), { signal });
    // Whoever reads learns of it; the signal may also come when all has been read.
    stream.on('error', () => undefined);
    let ended: IncomingHttpHeaders = {};
    const heard = (received: IncomingHttpHeaders) => (ended = received);
    stream.on('response', heard).on('trailers', heard);
    stream.end(Buffer.concat([framePrefix(message.length), message]));
    try {
      yield* readFrames(stream);
    } catch (cause) {
      throw signal?.aborted || cause instanceof FrameTooLong ? cause : broken();
    }
    const status = ended['grpc-status'];
    if (status === undefined) throw broken();
    if (status === String(STATUS.ok)) return;
    throw new GrpcError(Number(status), decoded(String(ended['grpc-message'] ?? '')));
  }

  /** Calls a method that carries a connection in messages both ways, and gives that connection. */
  pipe(method: string, headers: OutgoingHttpHeaders, { encode, decode }: Codec): Duplex {
    const stream = this.#session.request({ ...headers, ...requestHeaders(method) });
    stream.on('error', () => undefined);
    const messages = readFrames(stream);
    return new Duplex({
      write(chunk: Buffer, _encoding, done) {
        const message = encode(chunk);
        stream.write(Buffer.concat([framePrefix(message.length), message]), done);
      },
      final: (done) => void stream.end(done),
      read() {
        messages.next().then(
          ({ done, value }) => this.push(done ? null : decode(value)),
          (error: Error) => this.destroy(error),
        );
      },
    });
  }

  close(): void {
    destroyLater(this.#session);
  }
}

/** How bytes become messages, and messages bytes. */
interface Codec {
  encode: (bytes: Buffer) => Buffer;
  decode: (message: Buffer) => Buffer;
}

function requestHeaders(method: string): OutgoingHttpHeaders {
  return { ':method': 'POST', ':path': method, 'content-type': 'application/grpc', te: 'trailers' };
}

/** A reason as gRPC puts it into a header; one that is not written so is shown as it came. */
function decoded(reason: string): string {
  try {
    return decodeURIComponent(reason);
  } catch {
    return reason;
  }
}

function broken(): GrpcError {
  return new GrpcError(STATUS.unavailable, 'the connection to the engine broke');
}
