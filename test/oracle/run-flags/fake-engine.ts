import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request of the docker CLI that an oracle is about. */
export interface Recorded {
  path: string;
  /** A list where a parameter is repeated. */
  query: Record<string, string | string[]>;
  body: Buffer;
}

export interface FakeEngine {
  socket: string;
  /** The requests that an oracle is about that have come since the last call. */
  take(): Recorded[];
  close(): void;
}

/** What an engine says that an oracle needs beyond the answers below. */
export type Answers = (path: string, query: URLSearchParams) => { status: number; body: unknown } | undefined;

const JSON_TYPE = { 'Content-Type': 'application/json' };

const ASKED_ABOUT = /^\/(?:containers\/create|services\/create|build|images\/create|images\/.*\/tag)$/;

/** Answers just enough for `docker create`, `run`, `build`, `pull`, `tag` and `service create` to make their request, and keeps that. */
export async function startFakeEngine(
  socket: string,
  apiVersion: string,
  answers: Answers = () => undefined,
): Promise<FakeEngine> {
  rmSync(socket, { force: true });
  let recorded: Recorded[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://engine');
      const path = url.pathname.replace(/^\/v\d+\.\d+/, '');
      if (ASKED_ABOUT.test(path)) {
        recorded.push({ path, query: readQuery(url.searchParams), body });
      }
      const own = answers(path, url.searchParams);
      if (own) response.writeHead(own.status, JSON_TYPE).end(JSON.stringify(own.body));
      else answer(path, response, apiVersion);
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    take: () => {
      const taken = recorded;
      recorded = [];
      return taken;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function readQuery(parameters: URLSearchParams): Recorded['query'] {
  const names = new Set(parameters.keys());
  const entries = [...names].map((name): [string, string | string[]] => {
    const values = parameters.getAll(name);
    return [name, values.length === 1 ? values[0]! : values];
  });
  return Object.fromEntries(entries);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function answer(path: string, response: ServerResponse, apiVersion: string): void {
  const headers = {
    'Api-Version': apiVersion,
    'Builder-Version': '1',
    'Docker-Experimental': 'true',
    Ostype: 'linux',
  };
  const json = (status: number, value: unknown) => {
    response.writeHead(status, { ...headers, 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (path === '/_ping') response.writeHead(200, headers).end('OK');
  else if (path === '/containers/create') json(201, { Id: 'f'.repeat(64), Warnings: [] });
  else if (path === '/info') json(200, { OSType: 'linux', ID: 'fake', IndexServerAddress: '' });
  else if (path === '/version')
    json(200, { ApiVersion: apiVersion, Version: 'fake', Os: 'linux', Arch: 'amd64' });
  else if (path === '/build') json(200, { stream: 'Successfully built deadbeef\n' });
  else if (path.endsWith('/wait')) json(200, { StatusCode: 0 });
  else if (/\/(start|resize|tag)$/.test(path)) response.writeHead(204, headers).end();
  else json(200, {});
}
