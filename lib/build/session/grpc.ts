import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { GrpcCall, GrpcError, STATUS } from './grpc-call.js';
import { destroyLater } from './http2-session.js';

/** Who answers a gRPC method, by its path, such as `/grpc.health.v1.Health/Check`. */
export type GrpcMethods = Readonly<Record<string, (call: GrpcCall) => Promise<void>>>;

/**
 * Answers gRPC calls on a connection. Written on HTTP/2 itself, for a context is tens of thousands of small messages: sent
 * one by one, as gRPC libraries do, they take several times as long as many in one write. It also reads headers as they
 * were sent, names with commas and beyond ASCII in them.
 * @returns how to end it
 */
export function serveGrpc(connection: Duplex, methods: GrpcMethods): () => void {
  const session = http2.performServerHandshake(connection);
  session.on('error', () => connection.destroy());
  session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags, raw?: string[]) => {
    const call = new GrpcCall(stream, raw ?? []);
    const path = headers[':path'] ?? '';
    const method = (Object.hasOwn(methods, path) && methods[path]) || unimplemented;
    method(call).then(
      () => call.end(),
      (error: unknown) => call.fail(error),
    );
  });
  return () => destroyLater(session);
}

/** A method with one request and one answer. */
export function unary(
  answer: (request: Buffer) => Buffer | Promise<Buffer>,
): (call: GrpcCall) => Promise<void> {
  return async (call) => {
    for await (const request of call) return void call.send(await answer(request));
  };
}

function unimplemented(): Promise<void> {
  return Promise.reject(new GrpcError(STATUS.unimplemented, 'unknown method'));
}
