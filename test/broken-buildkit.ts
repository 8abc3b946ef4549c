import { once } from 'node:events';
import http2, {
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { framePrefix } from '../lib/build/session/grpc-frames.js';
import { field, messages, repeated } from '../lib/build/session/message.js';
import { drained } from '../lib/system/drained.js';
import { type BrokenEngine, brokenEngine } from './broken-engine.js';

/** What an engine can do with a build that it has been asked for. */
export interface BrokenBuild {
  /** What the build was asked for on. */
  connection: Duplex;
  /** Messages of Status, which are the client's only view of the build. */
  status: ServerHttp2Stream;
  /** Writes one of those, in the fields that BuildKit has; resolves when the next may follow. */
  tell: (status: object) => Promise<void>;
  /** Asks the client on its session; resolves with the status of its answer, and what that says. */
  ask: (method: string, bytes: Buffer, headers?: OutgoingHttpHeaders) => Promise<string>;
  /** Ends the build. @param reason as it is to stand in a header, which gRPC encodes as URLs do */
  fail: (reason: string) => void;
}

/** An engine in good order but for its BuildKit, which does this with a build and nothing else. */
export function brokenBuildKit(misdeed: (build: BrokenBuild) => void | Promise<void>): Promise<BrokenEngine> {
  let session: ClientHttp2Session | undefined;
  return brokenEngine({}, (request, socket) => {
    socket.write(SWITCHED);
    if (request.url?.endsWith('/session')) {
      session = http2.connect('http://client', { createConnection: () => socket });
      session.on('error', () => undefined);
      return;
    }
    const streams: Record<string, ServerHttp2Stream> = {};
    const server = http2.performServerHandshake(socket);
    server.on('error', () => undefined);
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on('error', () => undefined).resume();
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      streams[String(headers[':path']).replace(/^.*\//, '')] = stream;
      const { Solve: solve, Status: status } = streams;
      if (!session || !solve || !status) return;
      const build = buildOn(socket, session, solve, status);
      Promise.resolve(misdeed(build)).catch((error: unknown) =>
        build.fail(encodeURIComponent(String(error))),
      );
    });
  });
}

export const SWITCHED = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';

/** A message of Status, from the fields that BuildKit has. */
export function encodeStatus(told: object): Buffer {
  return encode('StatusResponse', told);
}

/** A message as gRPC sends it. */
export function framed(bytes: Buffer): Buffer {
  return Buffer.concat([framePrefix(bytes.length), bytes]);
}

function buildOn(
  connection: Duplex,
  session: ClientHttp2Session,
  solve: ServerHttp2Stream,
  status: ServerHttp2Stream,
): BrokenBuild {
  return {
    connection,
    status,
    async tell(told) {
      if (!status.write(framed(encodeStatus(told)))) await drained(status);
    },
    async ask(method, bytes, headers) {
      // With the scheme of http a path would have to begin with a slash.
      const stream = session.request({ ...headers, ':method': 'POST', ':scheme': 'x', ':path': method });
      stream.on('error', () => undefined).resume();
      stream.write(bytes);
      const [trailers] = (await once(stream, 'trailers')) as [IncomingHttpHeaders];
      stream.close();
      return `${String(trailers['grpc-status'])} ${decodeURIComponent(String(trailers['grpc-message']))}`;
    },
    fail(reason) {
      endWith(status, { 'grpc-status': '0' });
      endWith(solve, { 'grpc-status': '2', 'grpc-message': reason });
    },
  };
}

function endWith(stream: ServerHttp2Stream, trailers: Record<string, string>): void {
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end();
}

const { encode } = messages({
  StatusResponse: {
    fields: {
      vertexes: repeated('Vertex', 1),
      statuses: repeated('VertexStatus', 2),
      logs: repeated('VertexLog', 3),
      warnings: repeated('VertexWarning', 4),
    },
  },
  Vertex: {
    fields: {
      digest: field('string', 1),
      name: field('string', 3),
      started: field('Timestamp', 5),
      completed: field('Timestamp', 6),
      error: field('string', 7),
    },
  },
  VertexStatus: {
    fields: {
      ID: field('string', 1),
      vertex: field('string', 2),
      current: field('int64', 4),
      total: field('int64', 5),
    },
  },
  VertexLog: { fields: { vertex: field('string', 1), msg: field('bytes', 4) } },
  VertexWarning: {
    fields: { vertex: field('string', 1), short: field('bytes', 3), url: field('string', 5) },
  },
  Timestamp: { fields: { seconds: field('int64', 1) } },
});
