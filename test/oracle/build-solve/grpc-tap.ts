import { once } from 'node:events';
import http from 'node:http';
import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { readFrames } from '../../../lib/build/session/grpc-frames.js';

/** What was asked of a gRPC method. */
export interface Asked {
  method: string;
  message: Buffer;
}

/** A socket in front of an engine's, which notes the calls on its POST /grpc connections and passes everything on. */
export class GrpcTap {
  private readonly asked: Promise<Asked[]>[] = [];
  private readonly server = http
    .createServer((request, response) => {
      const options = {
        socketPath: this.engine,
        path: request.url,
        method: request.method,
        headers: request.headers,
      };
      const passed = http.request(options, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      request.pipe(passed);
    })
    .on('upgrade', (request: http.IncomingMessage, socket: Duplex) => void this.upgrade(request, socket));

  constructor(private readonly engine: string) {}

  async listen(socket: string): Promise<void> {
    await once(this.server.listen(socket), 'listening');
  }

  /** What has been asked since the last time. */
  async take(): Promise<Asked[]> {
    return (await Promise.all(this.asked.splice(0))).flat();
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async upgrade(request: http.IncomingMessage, socket: Duplex): Promise<void> {
    const other = net.connect(this.engine);
    socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    other.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    const headers = [];
    for (let at = 0; at < request.rawHeaders.length; at += 2)
      headers.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}\r\n`);
    other.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
    if (!request.url!.endsWith('/grpc')) return void socket.pipe(other).pipe(socket);
    await answerOf(other);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    const client = http2.connect('http://engine', { createConnection: () => other });
    client.on('error', () => socket.destroy());
    const session = http2.performServerHandshake(socket);
    session.on('error', () => other.destroy());
    session.on('stream', (stream: ServerHttp2Stream, asked: IncomingHttpHeaders) => {
      stream.on('error', () => undefined);
      this.asked.push(pass(client, stream, asked));
    });
  }
}

/** Passes a call on, and gives its messages. */
async function pass(
  client: http2.ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<Asked[]> {
  const method = headers[':path']!;
  const call = client.request({ ...headers, ':authority': 'engine' });
  call.on('error', () => stream.destroy());
  stream.on('close', () => call.close());
  let trailers: IncomingHttpHeaders = {};
  call.on('response', (answer) => {
    stream.respond(answer, { waitForTrailers: true });
    call.pipe(stream);
  });
  call.on('trailers', (last: IncomingHttpHeaders) => (trailers = last));
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.pipe(call);
  const asked: Asked[] = [];
  try {
    for await (const message of readFrames(stream.iterator({ destroyOnReturn: false })))
      asked.push({ method, message });
  } catch {
    // A call that is broken off has asked what it has asked.
  }
  return asked;
}

/** Reads the head of an engine's answer, and leaves what follows. */
async function answerOf(socket: net.Socket): Promise<void> {
  let head = Buffer.alloc(0);
  for (let end = -1; end < 0;) {
    const chunk = socket.read() as Buffer | null;
    if (!chunk) {
      await once(socket, 'readable');
      continue;
    }
    head = Buffer.concat([head, chunk]);
    end = head.indexOf('\r\n\r\n');
    if (end >= 0 && head.length > end + 4) socket.unshift(head.subarray(end + 4));
  }
}
