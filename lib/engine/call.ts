import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import type { Engine } from './types.js';

export interface CallOptions {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Body of the request. */
  body?: Readable;
  signal?: AbortSignal;
}

/**
 * The answer of one API call as JSON, undefined where it is empty. Rejects with dockerode's error, whose `statusCode` is
 * set where the engine answered.
 */
export async function callEngine<T>(
  engine: Engine,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  // dockerode itself never settles when an answer breaks off.
  const answer = await text(await streamFromEngine(engine, method, path, options));
  return (answer === '' ? undefined : JSON.parse(answer)) as T;
}

/** The answer of one API call as it comes. */
export function streamFromEngine(
  engine: Engine,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Readable> {
  const { query = {}, headers, body, signal } = options;
  const search = new URLSearchParams(query).toString();
  return new Promise((resolve, reject) => {
    (engine.docker.modem as Modem).dial(
      {
        method,
        path: search === '' ? path : `${path}?${search}&`,
        isStream: true,
        ...(headers && { headers }),
        ...(body && { file: body }),
        abortSignal: signal,
        statusCodes: { 200: true, 201: true, 204: true },
      },
      (error, answer) => (error ? reject(error) : resolve(answer)),
    );
  });
}

/** HTTP status of an error, where the engine answered at all. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

/** What the engine said, without dockerode's words around it. */
export function reasonOf(error: unknown): string {
  const { message = String(error) } = error as { message?: string };
  return message.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}

interface Modem {
  dial(options: object, callback: (error: Error | null, answer: Readable) => void): void;
}
