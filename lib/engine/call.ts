import type { Readable } from 'node:stream';

import type { Engine } from './types.js';

export interface CallOptions {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Body of the request. */
  body?: Readable;
  signal?: AbortSignal;
}

/** The answer of one API call as JSON. Rejects with dockerode's error, whose `statusCode` is set where the engine answered. */
export function callEngine<T>(
  engine: Engine,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  return dial(engine, method, path, options, false) as Promise<T>;
}

/** The answer of one API call as it comes. */
export function streamFromEngine(
  engine: Engine,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Readable> {
  return dial(engine, method, path, options, true) as Promise<Readable>;
}

/** HTTP status of an error, where the engine answered at all. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

/** What the engine said, without dockerode's words around it. */
export function reasonOf(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return (json?.message ?? message ?? String(error)).trim();
}

interface Modem {
  dial(options: object, callback: (error: Error | null, answer: unknown) => void): void;
}

function dial(
  engine: Engine,
  method: string,
  path: string,
  options: CallOptions,
  isStream: boolean,
): Promise<unknown> {
  const { query = {}, headers, body, signal } = options;
  const search = new URLSearchParams(query).toString();
  return new Promise((resolve, reject) => {
    (engine.docker.modem as Modem).dial(
      {
        method,
        path: search === '' ? path : `${path}?${search}&`,
        isStream,
        ...(headers && { headers }),
        ...(body && { file: body }),
        abortSignal: signal,
        statusCodes: { 200: true, 201: true, 204: true },
      },
      (error, answer) => (error ? reject(error) : resolve(answer)),
    );
  });
}
