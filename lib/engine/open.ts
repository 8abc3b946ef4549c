import { get, type Agent, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import Docker from 'dockerode';

import { UserError } from '../user-error.js';
import { noEngine, socketDial } from './dial.js';
import { DialAgent } from './dial-agent.js';
import { compareVersions, MINIMUM_API_VERSION, readFacts } from './facts.js';
import type { Engine, EngineAddress, EngineFacts } from './types.js';

export interface OpenOptions {
  /** Milliseconds until an engine that does not answer is given up; 15,000 unless given. */
  timeout?: number;
}

/**
 * Opens a connection to an engine and makes sure that one answers there which is new enough.
 *
 * @throws UserError `NO_ENGINE`, `ENGINE_PERMISSION`, `ENGINE_TLS`, `ENGINE_TOO_OLD`; later on every call of
 * `docker` that cannot reach the engine any more rejects with one of them too
 */
export async function openEngine(address: EngineAddress, options: OpenOptions = {}): Promise<Engine> {
  const { timeout = 15_000 } = options;
  const agent = new DialAgent(socketDial(address, timeout));
  try {
    await greet(address, agent, timeout);
  } catch (error) {
    agent.destroy();
    throw error;
  }

  const docker = createDocker(address, agent);
  let facts: Promise<EngineFacts> | undefined;
  return {
    address,
    docker,
    facts: () => (facts ??= readFacts(docker)),
    close: () => Promise.resolve(agent.destroy()),
  };
}

/** Whether an engine answers there. Why not is what {@link openEngine} says. */
export async function pingEngine(address: EngineAddress, options: OpenOptions = {}): Promise<boolean> {
  try {
    await (await openEngine(address, { timeout: 5_000, ...options })).close();
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

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
    if (error instanceof UserError) throw error;
    throw noEngine(address, `what answers there is no engine (${error.message})`, 'check the address', error);
  });
  const body = await text(response).catch(() => '');
  const apiVersion = response.headers['api-version'];

  if (/HTTP request to an HTTPS server/.test(body)) {
    const remedy = 'set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of its certificates';
    throw noEngine(address, 'that port speaks TLS', remedy);
  }
  if (typeof apiVersion !== 'string') {
    throw noEngine(
      address,
      `what answers there is no engine (HTTP status ${response.statusCode})`,
      'check the address',
    );
  }
  if (compareVersions(apiVersion, MINIMUM_API_VERSION) < 0) {
    throw new UserError(
      'ENGINE_TOO_OLD',
      `The Docker engine at ${address.url} (${address.origin}) is too old: its API version is ${apiVersion}, ` +
        `${MINIMUM_API_VERSION} (Docker 20.10) is needed.`,
    );
  }
}

function createDocker(address: EngineAddress, agent: Agent): Docker {
  const path = basePath(address).slice(1);
  // The constructor reads DOCKER_HOST (and files that it implies) whatever it is given.
  const { DOCKER_HOST } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    const options: Docker.DockerOptions & { agent: Agent } = {
      protocol: 'http',
      host: 'docker.invalid',
      port: 80,
      agent,
      // The only part of a request's path that dockerode lets one choose.
      ...(path !== '' && { version: path }),
    };
    return new Docker(options);
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
  }
}

/** The path of a `tcp://host:port/path` address, behind which a proxy offers the engine. */
function basePath({ url }: EngineAddress): string {
  return /^tcp:\/\/[^/]*(\/.*?)\/?$/.exec(url)?.[1] ?? '';
}
