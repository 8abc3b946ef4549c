import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What an HTTP/2 connection begins with, without an upgrade (RFC 9113, 3.4). */
const PREFACE = 'PRI * HTTP/2.0';
const API_VERSION = '1.53';

/** What Docker 29 has left out of its answers, whose place nothing may rely on. */
const LEFT_OUT = ['VirtualSize', 'ContainerConfig', 'Container', 'GraphDriver', 'DockerVersion', 'Parent'];

/**
 * A socket in front of an engine's, behind which it answers as Docker 29 does, and as the version after it will: gRPC on the
 * socket itself, neither /grpc nor /session, no API version below 1.44, sums of the disk's use instead of lists,
 * `errorDetail` alone in streams, and none of the fields that were left out.
 */
export class AsDocker29 implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'docker-29-'));
  readonly #engine: string;
  readonly #sockets = new Set<Socket>();
  readonly #http = http.createServer((request, response) => void this.#answer(request, response));
  readonly #server = net.createServer({ allowHalfOpen: true }, (socket) => void this.#greet(socket));
  /** How many connections spoke gRPC from their first byte on. */
  grpcConnections = 0;

  private constructor(engine: string) {
    this.#engine = engine;
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  /** @param engine path of its socket */
  static async open(engine: string): Promise<AsDocker29> {
    const made = new AsDocker29(engine);
    await once(made.#server.listen(made.path), 'listening');
    return made;
  }

  get path(): string {
    return join(this.#folder, 'docker.sock');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }

  async #greet(socket: Socket): Promise<void> {
    this.#sockets.add(socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket)));
    const [first] = (await once(socket, 'data').catch(() => [])) as [Buffer?];
    if (!first) return;
    socket.pause();
    if (first.toString('latin1').startsWith(PREFACE)) return this.#speakGrpc(socket, first);
    socket.unshift(first);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  /** The engine behind has gRPC after an upgrade of its own. */
  #speakGrpc(socket: Socket, first: Buffer): void {
    this.grpcConnections++;
    const headers = { Connection: 'Upgrade', Upgrade: 'h2c' };
    http
      .request({ socketPath: this.#engine, path: '/grpc', method: 'POST', headers })
      .on('upgrade', (_response, other: Socket, head: Buffer) => {
        socket.unshift(first);
        join2(socket, other, head);
      })
      .end();
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (/^\/(v[\d.]+\/)?(grpc|session)$/.test(request.url ?? ''))
      return void socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    this.#forward(request, head)
      .on('upgrade', (response: IncomingMessage, other: Socket, rest: Buffer) => {
        const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${String(value)}`);
        socket.write(['HTTP/1.1 101 UPGRADED', ...lines, '', ''].join('\r\n'));
        join2(socket, other, rest);
      })
      .on('response', (response: IncomingMessage) => {
        socket.write(`HTTP/1.1 ${response.statusCode} Refused\r\nConnection: close\r\n\r\n`);
        response.pipe(socket);
      })
      .end();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [, version] = /^\/v(\d+\.\d+)\//.exec(request.url ?? '') ?? [];
    if (version !== undefined && Number(version.slice(2)) < 44) {
      const message = `client version ${version} is too old. Minimum supported API version is 1.44`;
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
      return;
    }
    const onward = this.#forward(request).on('response', (answer: IncomingMessage) => {
      void this.#passOn(request, answer, response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  async #passOn(request: IncomingMessage, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers: OutgoingHttpHeaders = { ...answer.headers };
    if (headers['api-version']) headers['api-version'] = API_VERSION;
    const status = answer.statusCode ?? 500;
    if (!/json/.test(String(headers['content-type'])) || request.method === 'HEAD') {
      response.writeHead(status, headers);
      return void answer.pipe(response);
    }
    delete headers['content-length'];
    response.writeHead(status, headers).flushHeaders(); // Of POST …/wait the body comes at the end.
    if (headers['transfer-encoding'] === 'chunked' && request.method === 'POST') {
      let pending = '';
      for await (const chunk of answer) {
        const lines = (pending + String(chunk)).split('\n');
        pending = lines.pop() ?? '';
        for (const line of lines) response.write(`${message29(line)}\n`);
      }
      return void response.end(message29(pending));
    }
    const body = await text(answer);
    response.end(body === '' ? body : JSON.stringify(answer29(request.url ?? '', JSON.parse(body))));
  }

  #forward(request: IncomingMessage, head?: Buffer): http.ClientRequest {
    const { method, url, headers } = request;
    const onward = http.request({ socketPath: this.#engine, method, path: url, headers, agent: false });
    if (head?.length) onward.write(head);
    return onward;
  }
}

function join2(one: Socket, other: Socket, head: Buffer): void {
  if (head.length > 0) one.write(head);
  other.on('error', () => one.destroy()).on('close', () => one.destroy());
  one.on('close', () => other.destroy());
  one.pipe(other).pipe(one);
  one.resume();
}

function message29(line: string): string {
  if (line.trim() === '') return line;
  const { error: _error, progress: _progress, ...message } = JSON.parse(line) as Record<string, unknown>;
  return JSON.stringify(message);
}

function answer29(url: string, value: unknown): unknown {
  if (/\/version$/.test(url))
    return { ...(value as object), Version: '29.1.0', ApiVersion: API_VERSION, MinAPIVersion: '1.44' };
  if (/\/system\/df/.test(url)) {
    const { LayersSize } = value as { LayersSize: number };
    return { ImageUsage: { TotalSize: LayersSize }, BuildCacheUsage: {} };
  }
  const without = leaveOut(value);
  if (/\/images\/.*\/json$/.test(url)) {
    const { Config } = without as { Config?: Record<string, unknown> };
    for (const [name, held] of Object.entries(Config ?? {})) if (isEmpty(held)) delete Config?.[name];
  }
  return without;
}

function leaveOut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(leaveOut);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !LEFT_OUT.includes(name));
  return Object.fromEntries(kept.map(([name, held]) => [name, leaveOut(held)]));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0);
}
