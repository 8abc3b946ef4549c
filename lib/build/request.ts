import { Readable } from 'node:stream';
import { encodeConfigHeader } from '../engine/credentials/auth-header.js';
import type { Credentials } from '../engine/credentials/credentials.js';
import type { Engine } from '../engine/types.js';
import type { BuildQuery } from './flags/index.js';

export interface BuildRequestBody {
  query: BuildQuery;
  /** The context as a tar archive. */
  body: Readable;
  /** By registry. */
  credentials?: Readonly<Record<string, Credentials>>;
}

/** Asks the classic builder (POST /build); the answer is the stream that {@link buildMessages} reads. */
export function requestBuild(
  engine: Engine,
  { query, body, credentials }: BuildRequestBody,
): Promise<Readable> {
  const options = {
    method: 'POST',
    path: '/build?',
    isStream: true,
    file: body,
    options: { _query: query },
    statusCodes: { 200: true, 400: 'bad parameter', 500: 'server error' },
    // dockerode's own encoding is one that the engine cannot read where it holds + or /.
    ...(credentials && { registryconfig: { base64: encodeConfigHeader(credentials) } }),
  };
  return new Promise((resolve, reject) => {
    engine.docker.modem.dial(options, (error, answer) => {
      if (answer instanceof Readable) resolve(answer);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}
