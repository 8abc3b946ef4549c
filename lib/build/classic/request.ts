import type { Readable } from 'node:stream';
import type { EngineMessage } from '../../engine/client/messages.js';
import { encodeConfigHeader } from '../../engine/credentials/auth-header.js';
import type { Credentials } from '../../engine/credentials/types.js';
import type { Engine } from '../../engine/types.js';
import type { BuildQuery } from '../flags/index.js';

export interface BuildRequestBody {
  query: BuildQuery;
  /** The context as a tar archive. */
  body: Readable;
  /** By registry. */
  credentials?: Readonly<Record<string, Credentials>>;
  signal: AbortSignal;
}

/** Asks the classic builder (POST /build), and gives what it tells. */
export function requestBuild(
  engine: Engine,
  { query, body, credentials, signal }: BuildRequestBody,
): AsyncIterable<EngineMessage> {
  const headers = credentials && { 'X-Registry-Config': encodeConfigHeader(credentials) };
  return engine.client.messages('POST', '/build', { query, headers, body, signal });
}
