import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { localSocket } from './platform.js';

/** All that a terminal would obey: the clipboard, the title, the cursor, colours in one byte and in more, a link. */
export const ESCAPES =
  '\x1b]52;c;ZXZpbA==\x07\x1b]0;title\x07\x1b[2J\x1b[5A\x9b31mred\x1b[0m\x1bP+q\x1b\\\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\';

export const CONTAINER_ID = 'c'.repeat(64);

export const IMAGE = {
  Id: `sha256:${'a'.repeat(64)}`,
  Size: 100,
  Os: 'linux',
  Architecture: 'amd64',
  RootFS: { Layers: [`sha256:${'b'.repeat(64)}`] },
  Config: { Labels: {} },
};

export const VERSION = {
  Version: '28.5.2',
  ApiVersion: '1.51',
  Os: 'linux',
  Arch: 'amd64',
  Components: [{ Name: 'Engine' }],
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What is answered otherwise than by an engine in good order, by method and the beginning of the path: `GET /version`. */
export type Answers = Readonly<Record<string, Answer>>;

export interface BrokenEngine extends AsyncDisposable {
  /** For DOCKER_HOST. */
  url: string;
  /** Method and path of each request so far. */
  requests: string[];
}

/**
 * An engine that answers wrong what a test says, on a socket of its own. Real ones do not, and what they would do must be
 * known before one of them does.
 *
 * @param upgrade what becomes of connections that are asked for; cut unless given
 */
export async function brokenEngine(
  answers: Answers,
  upgrade: (request: IncomingMessage, socket: Duplex) => void = (_, socket) => socket.destroy(),
): Promise<BrokenEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'broken-engine-'));
  const requests: string[] = [];
  const connections = new Set<Duplex>();
  const server = createServer((request, response) => {
    const name = `${request.method} ${request.url}`;
    requests.push(name);
    const [, answer = inGoodOrder] = Object.entries(answers).find(([start]) => name.startsWith(start)) ?? [];
    answer(request, response);
  });
  server.on('upgrade', (request, socket) => {
    requests.push(`${request.method} ${request.url}`);
    socket.on('error', () => undefined);
    upgrade(request, socket);
  });
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
  });
  const { path, url } = localSocket(join(folder, 'docker.sock'));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    url,
    requests,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** An answer with this body, as it is where it is text. */
export function saying(body: unknown, status = 200): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'api-version': '1.51' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** An answer that is to be longer than what is there of it; the connection stays, or breaks. */
export function beginning(body: string, then: 'stays' | 'breaks'): Answer {
  return (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 5000 });
    response.write(body, () => then === 'breaks' && request.socket.destroy());
  };
}

/** An answer that goes on as long as it is read. */
export function endless(_request: IncomingMessage, response: ServerResponse): void {
  const piece = Buffer.alloc(1 << 20, 'A');
  const write = () => {
    while (response.write(piece));
  };
  response.writeHead(200, { 'content-type': 'application/json', 'api-version': '1.51' });
  response.on('drain', write);
  write();
}

const IN_GOOD_ORDER: readonly [RegExp, Answer][] = [
  [/ \/_ping/, saying('OK')],
  [/ \/version/, saying(VERSION)],
  [/ \/info/, saying({ DriverStatus: [['Backing Filesystem', 'extfs']], Runtimes: { runc: {} } })],
  [/ \/images\/json/, saying([IMAGE])],
  [/ \/images\/.*\/json/, saying(IMAGE)],
  [/ \/images\/.*\/history/, saying([])],
  [/ \/containers\/create/, saying({ Id: CONTAINER_ID, Warnings: [] }, 201)],
];

function inGoodOrder(request: IncomingMessage, response: ServerResponse): void {
  const name = `${request.method} ${request.url}`;
  const [, answer] = IN_GOOD_ORDER.find(([pattern]) => pattern.test(name)) ?? [];
  (answer ?? saying({ message: 'page not found' }, 404))(request, response);
}
