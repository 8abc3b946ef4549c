import { setTimeout as sleep } from 'node:timers/promises';
import { engineMessages, type EngineMessage } from '../engine/messages.js';
import type { Engine } from '../engine/types.js';
import type { Activity } from '../report/types.js';
import { UserError } from '../user-error.js';
import type { Destination } from './destination.js';

export interface PushOptions {
  /** Value of the X-Registry-Auth header. */
  auth: string;
  activity: Activity;
  signal?: AbortSignal;
  /** Milliseconds to wait before each further try; as many tries as there are entries. */
  backoff?: readonly number[];
}

export interface Pushed {
  /** Digest of the manifest as the registry has it. */
  digest: string;
  /** Bytes of the manifest. */
  size: number;
}

const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Pushes one reference that the engine has. A registry that is busy, or that cuts the connection, is tried again after a
 * while: what is up already is not sent again.
 *
 * @throws {UserError} `PUSH_FAILED` with the registry's own words
 */
export async function push(engine: Engine, destination: Destination, options: PushOptions): Promise<Pushed> {
  const { activity, signal, backoff = BACKOFF_MS } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await pushOnce(engine, destination, options);
    } catch (error) {
      const wait = backoff[attempt];
      if (!(error instanceof RegistryRefusal)) throw error;
      if (wait === undefined || !error.passing) throw asUserError(error, destination, attempt);
      activity.line(`${error.message}; trying again in ${wait / 1000} s`);
      await sleep(wait, undefined, { signal });
    }
  }
}

/** What the registry said instead of taking the image. */
class RegistryRefusal extends Error {
  /** Whether it may well be over after a while. */
  get passing(): boolean {
    return PASSING.test(this.message);
  }
}

// The engine passes on the registry's status line, or what Go's network library says of the connection.
const PASSING =
  /\b(429|502|503|504)\b|too ?many ?requests|bad gateway|service (temporarily )?unavailable|gateway time-?out|connection (reset|refused)|broken pipe|\bEOF\b|i\/o timeout|TLS handshake timeout|server closed idle connection|http2: client connection lost/i;

async function pushOnce(
  { docker }: Engine,
  { repository, tag }: Destination,
  { auth, activity, signal }: PushOptions,
): Promise<Pushed> {
  const stream = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/images/${repository}/push?`,
        method: 'POST',
        options: { tag },
        isStream: true,
        headers: { 'X-Registry-Auth': auth },
        abortSignal: signal,
        statusCodes: { 200: true },
      },
      (error: Error | null, answer: unknown) =>
        error ? reject(new RegistryRefusal(engineWords(error))) : resolve(answer as AsyncIterable<Buffer>),
    );
  });
  let pushed: Pushed | undefined;
  for await (const message of engineMessages(stream)) {
    if (message.error !== undefined) throw new RegistryRefusal(message.errorDetail?.message ?? message.error);
    pushed = readResult(message) ?? pushed;
    showLayer(message, activity);
  }
  if (!pushed)
    throw new RegistryRefusal('unexpected EOF: the engine closed the connection before the push was done');
  return pushed;
}

function readResult({ aux }: EngineMessage): Pushed | undefined {
  const { Digest, Size } = (aux ?? {}) as { Digest?: string; Size?: number };
  return Digest ? { digest: Digest, size: Size ?? 0 } : undefined;
}

const ENDED: Record<string, string> = {
  Pushed: 'pushed',
  'Layer already exists': 'already there',
};

function showLayer({ id, status = '', progressDetail = {} }: EngineMessage, activity: Activity): void {
  if (!id || / digest: /.test(status)) return;
  const note = ENDED[status] ?? (status.startsWith('Mounted from') ? status.toLowerCase() : undefined);
  const { current, total } = progressDetail;
  activity.item(id, {
    label: id,
    state: note === undefined ? 'running' : note === 'pushed' ? 'done' : 'cached',
    note: note ?? (status === 'Pushing' ? undefined : status.toLowerCase()),
    completed: current,
    // The engine's guess of the total can fall short of what it sends.
    total: total === undefined ? undefined : Math.max(total, current ?? 0),
  });
}

function engineWords(error: Error & { json?: unknown }): string {
  const { message } = (error.json ?? {}) as { message?: string };
  return message ?? error.message;
}

function asUserError(
  { message }: RegistryRefusal,
  { reference, registry }: Destination,
  retries: number,
): UserError {
  const tries = retries ? ` after ${retries + 1} tries` : '';
  return new UserError(
    'PUSH_FAILED',
    `${reference} was not pushed${tries}: ${message.trim()}${advice(message, registry)}`,
  );
}

function advice(message: string, registry: string): string {
  if (/denied|unauthorized|authentication required|no basic auth/i.test(message))
    return ` – log in with "docker login ${registry}", as somebody who may write there.`;
  if (/certificate|x509/i.test(message))
    return ` – give the engine the registry's CA certificate in /etc/docker/certs.d/${registry}/ca.crt.`;
  if (/server gave HTTP response to HTTPS client/i.test(message))
    return ` – the registry speaks plain HTTP: name it in "insecure-registries" of the engine's daemon.json.`;
  return /[.!]$/.test(message.trim()) ? '' : '.';
}
