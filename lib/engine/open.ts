import { type Agent, get, type IncomingMessage } from 'node:http';
import { isAtLeast } from '../text/is-at-least.js';
import { UserError } from '../text/user-error.js';
import { textOf } from './client/body.js';
import { createClient } from './client/client.js';
import { dialError, noEngine } from './connect/dial.js';
import { DialAgent } from './connect/dial-agent.js';
import { DEFAULT_TIMEOUT, openTransport, type TransportOptions } from './connect/transport.js';
import { openNode } from './containerd/open-node.js';
import { MINIMUM_API_VERSION, readFacts } from './facts.js';
import { apiImages } from './images/api-images.js';
import type { Engine, EngineAddress, EngineFacts } from './types.js';

/**
 * Opens a connection to an engine and makes sure that one answers there which is new enough. It wants to be closed: a
 * login over ssh keeps the process alive.
 *
 * @throws {UserError} `NO_ENGINE`, `ENGINE_PERMISSION`, `ENGINE_TLS`, `ENGINE_TOO_OLD`, and those of ssh, whose codes
 *   start
 * with `SSH_`; later on every call of `client` that cannot reach the engine any more rejects with one of them too, or
 * as {@link EngineClient} says
 */
export async function openEngine(address: EngineAddress, options: TransportOptions = {}): Promise<Engine> {
  if (address.target.kind === 'ctr') return openNode(address, address.target, options);
  const transport = await openTransport(address, options);
  const { ssh } = transport;
  const { timeout = DEFAULT_TIMEOUT, say = () => {}, tellAfter } = options;
  const agent = new DialAgent(transport.dial);
  const close = async () => {
    agent.destroy();
    await transport.close();
  };
  try {
    await greet(address, agent, timeout);
  } catch (error) {
    await close();
    throw error;
  }

  const client = createClient(address, { agent, base: basePath(address), timeout, say, tellAfter });
  let facts: Promise<EngineFacts> | undefined;
  const ask = () => (facts ??= readFacts(client));
  return { address, client, images: apiImages(client, ask), ...(ssh && { ssh }), facts: ask, close };
}

/** Whether an engine answers there. Why not is what {@link openEngine} says. */
export async function pingEngine(address: EngineAddress, options: TransportOptions = {}): Promise<boolean> {
  try {
    await (await openEngine(address, { timeout: 5_000, ...options })).close();
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Bytes: an engine says OK. */
const LONGEST_GREETING = 64 << 10;

/** Asks for `/_ping`, and explains whatever answers that is no engine. */
async function greet(address: EngineAddress, agent: Agent, timeout: number): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get({ agent, host: 'docker.invalid', path: `${basePath(address)}/_ping` }, resolve);
    const timer = setTimeout(() => {
      const reason = `it was reached, but did not answer within ${timeout / 1000} s`;
      request.destroy(noEngine(address, reason, 'see whether it is still starting, or restart it'));
    }, timeout);
    request.once('error', reject);
    request.once('close', () => clearTimeout(timer));
  }).catch((error: Error) => {
    throw error instanceof UserError ? error : dialError(error, address);
  });
  const body = await textOf(response, LONGEST_GREETING, timeout).catch(() => '');
  const apiVersion = response.headers['api-version'];

  if (/HTTP request to an HTTPS server/.test(body)) {
    const remedy = 'set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of its certificates';
    throw noEngine(address, 'that port speaks TLS', remedy);
  }
  if (typeof apiVersion !== 'string' || !/^\d+\.\d+$/.test(apiVersion)) {
    throw noEngine(
      address,
      `what answers there is no engine (HTTP status ${response.statusCode})`,
      'check the address',
    );
  }
  if (!isAtLeast(apiVersion, MINIMUM_API_VERSION)) {
    throw new UserError(
      'ENGINE_TOO_OLD',
      `The engine at ${address.url} (${address.origin}) is too old: its API version is ${apiVersion}, ` +
        `${MINIMUM_API_VERSION} (Docker 20.10) is needed.`,
    );
  }
}

/** The path of a `tcp://host:port/path` address, behind which a proxy offers the engine. */
function basePath({ target }: EngineAddress): string {
  return target.kind === 'tcp' ? target.path.replace(/\/$/, '') : '';
}
