import type { Agent, IncomingMessage } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { inspect } from 'node:util';
import { loadDockerode } from './load-dockerode.js';

export interface RequestOptions {
  query?: Readonly<Record<string, string | readonly string[]>>;
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A stream (an archive, usually) is sent as it is, any other value as JSON. */
  body?: Readable | object;
  signal?: AbortSignal;
  /** Silence is in order, before the answer and within it: nobody is told of it. */
  mayBeSilent?: boolean;
}

export interface ModemRequest extends RequestOptions {
  method: string;
  /** Includes the path prefix of the engine's address, if it has one. */
  path: string;
  /** Whether the request is to be upgraded to a raw connection. */
  upgrade?: boolean;
}

/** Resolves to the response whatever its status, or to the raw connection if the engine upgraded it. */
export type Modem = (request: ModemRequest) => Promise<IncomingMessage | Duplex>;

/** dockerode's modem, whose requests all go through `agent`, whatever the environment says of engines. */
export function createModem(agent: Agent): Modem {
  const modem = openModem(agent);
  return ({ method, path, query = {}, headers, body, signal, upgrade }) =>
    new Promise((resolve, reject) => {
      modem.dial(
        {
          method,
          path: withQuery(path, query),
          isStream: true,
          hijack: upgrade,
          headers: new UnloggedHeaders({ ...contentType(body, upgrade), ...headers }),
          file: bytesOf(body, upgrade),
          abortSignal: signal,
          statusCodes: EVERY_STATUS,
        },
        (error, answer) => (error ? reject(error) : resolve(answer)),
      );
    });
}

/**
 * All statuses count as success for docker-modem, because it reads error bodies without a limit; `client.ts` judges
 * the status.
 */
const EVERY_STATUS = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [index + 100, true]));

/** docker-modem shows requests to its log, which everybody may see: of headers, which hold credentials, nothing is shown. */
class UnloggedHeaders {
  [name: string]: string | readonly string[];

  constructor(headers: Readonly<Record<string, string | readonly string[]>>) {
    Object.assign(this, headers);
  }

  [inspect.custom](): string {
    return 'UnloggedHeaders';
  }
}

interface DockerModem {
  dial(options: object, callback: (error: Error | null, answer: IncomingMessage | Duplex) => void): void;
}

function openModem(agent: Agent): DockerModem {
  // The constructor reads DOCKER_HOST (and files that it implies) whatever it is given.
  const { DOCKER_HOST } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    const options = { protocol: 'http' as const, host: 'docker.invalid', port: 80, agent };
    return new (loadDockerode())(options).modem as DockerModem;
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
  }
}

function withQuery(path: string, query: NonNullable<RequestOptions['query']>): string {
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      (typeof value === 'string' ? [value] : value).map((each): [string, string] => [name, each]),
    ),
  ).toString();
  // docker-modem cuts off the last character of a path with a query.
  return search === '' ? path : `${path}?${search}&`;
}

function contentType(body: RequestOptions['body'], upgrade?: boolean): Record<string, string> {
  if (body === undefined) return upgrade ? { 'Content-Type': 'text/plain' } : {};
  return { 'Content-Type': body instanceof Readable ? 'application/x-tar' : 'application/json' };
}

/** A body of a length, be it none, before an upgrade: the end of one without would come to the other side as input. */
function bytesOf(body: RequestOptions['body'], upgrade?: boolean): Readable | Buffer | undefined {
  if (body === undefined) return upgrade ? Buffer.alloc(0) : undefined;
  return body instanceof Readable ? body : Buffer.from(JSON.stringify(body));
}
