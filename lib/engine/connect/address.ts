import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../text/user-error.js';
import {
  dockerConfigFolder,
  type Environment,
  readOptionalFile,
  usableDockerConfig,
} from '../credentials/docker-config.js';
import { DEFAULT_CONTEXT, readContext, unknownContext } from './context.js';
import type { EngineAddress } from './host.js';
import { DEFAULT_HOST, type EngineTarget, formatHost, parseHost, parseNodeUrl, parseSshUrl } from './host.js';

export interface AddressRequest {
  /**
   * Named explicitly: an address with its scheme (`unix://`, `tcp://`, `ssh://`), the name of a docker context, or
   * `[user@]host[:port]`, which means ssh. A context goes before a host of the same name.
   */
  host?: string;
  /** Who named `host`, for messages; `--host` unless given. */
  hostOrigin?: string;
  /** Whether it may be a node with containerd alone (`ctr://`), which takes images and is no engine. */
  orNode?: boolean;
  env: Environment;
}

/**
 * Finds the engine that is meant, in the docker CLI's own order: the explicit host, DOCKER_HOST, DOCKER_CONTEXT, the
 * current context of the docker configuration, the default socket, and where that is not there podman's. Reads the docker configuration and the TLS files,
 * connects to nothing.
 *
 * @throws {UserError} `BAD_ENGINE_ADDRESS`, `UNKNOWN_CONTEXT`, `BAD_CONTEXT`, `TLS_FILE`
 */
export function resolveEngineAddress({
  host,
  hostOrigin = '--host',
  orNode = false,
  env,
}: AddressRequest): EngineAddress {
  if (host !== undefined && orNode && /^\s*ctr:/.test(host)) {
    return { ...placeOf(parseNodeUrl(host, hostOrigin)), origin: hostOrigin, cliFlags: [] };
  }
  if (host !== undefined) return explicitAddress(host, hostOrigin, env);
  if (env.DOCKER_HOST) return hostAddress(env.DOCKER_HOST, 'DOCKER_HOST', env);
  if (env.DOCKER_CONTEXT) return contextAddress(env.DOCKER_CONTEXT, 'DOCKER_CONTEXT', env);
  const { currentContext } = usableDockerConfig(env);
  if (currentContext) return contextAddress(currentContext, 'the current docker context', env);
  return defaultAddress(env);
}

function explicitAddress(text: string, origin: string, env: Environment): EngineAddress {
  if (text.includes('://')) {
    const address = hostAddress(text, origin, env);
    return { ...address, cliFlags: ['-H', address.url] };
  }
  if (text === DEFAULT_CONTEXT || readContext(text, env) !== undefined) {
    return { ...contextAddress(text, origin, env), cliFlags: ['--context', text] };
  }
  const place = placeOf({ kind: 'ssh', ...parseSshUrl(text, origin) });
  return { ...place, origin: `${origin} ${text}`, cliFlags: ['-H', place.url] };
}

function hostAddress(text: string, origin: string, env: Environment): EngineAddress {
  const target = parseHost(text, origin);
  return { ...placeOf(target), origin, ...tlsOfEnvironment(target, env), cliFlags: [] };
}

function contextAddress(name: string, namedBy: string, env: Environment): EngineAddress {
  if (name === DEFAULT_CONTEXT) {
    return env.DOCKER_HOST ? hostAddress(env.DOCKER_HOST, 'DOCKER_HOST', env) : defaultAddress(env);
  }
  const endpoint = readContext(name, env);
  if (endpoint === undefined) throw unknownContext(name, namedBy, env);
  const origin = `docker context "${name}"`;
  const target = parseHost(endpoint.host, origin);
  const tls = endpoint.tls !== undefined && target.kind === 'tcp' && { tls: endpoint.tls };
  return { ...placeOf(target), origin, context: name, ...tls, cliFlags: [] };
}

function defaultAddress(env: Environment): EngineAddress {
  const tls = wantsTls(env);
  const podman = tls ? undefined : podmanSocket(env);
  if (podman) {
    const place = placeOf(podman);
    return {
      ...place,
      origin: "podman's own socket, as there is none of Docker",
      cliFlags: ['-H', place.url],
    };
  }
  const target: EngineTarget = tls ? { kind: 'tcp', host: 'localhost', port: 2376, path: '' } : DEFAULT_HOST;
  const origin = tls ? 'the default address with TLS' : 'the default socket';
  return { ...placeOf(target), origin, ...tlsOfEnvironment(target, env), cliFlags: [] };
}

/** Where podman listens on a machine that has no socket of Docker: the user's own service, else that of root. */
function podmanSocket({ XDG_RUNTIME_DIR }: Environment): EngineTarget | undefined {
  if (DEFAULT_HOST.kind !== 'unix' || existsSync(DEFAULT_HOST.path)) return undefined;
  const folders = [...(XDG_RUNTIME_DIR ? [XDG_RUNTIME_DIR] : []), '/run'];
  const path = folders.map((folder) => join(folder, 'podman/podman.sock')).find((file) => existsSync(file));
  return path === undefined ? undefined : { kind: 'unix', path };
}

function placeOf(target: EngineTarget): Pick<EngineAddress, 'target' | 'url' | 'remote'> {
  return { target, url: formatHost(target), remote: ['tcp', 'ssh', 'ctr'].includes(target.kind) };
}

/** As in the docker CLI, any non-empty value counts, `0` and `false` included. */
function wantsTls(env: Environment): boolean {
  return Boolean(env.DOCKER_TLS_VERIFY || env.DOCKER_TLS);
}

function tlsOfEnvironment(target: EngineTarget, env: Environment): Pick<EngineAddress, 'tls'> {
  if (target.kind !== 'tcp' || !wantsTls(env)) return {};
  const folder = env.DOCKER_CERT_PATH || dockerConfigFolder(env);
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) =>
    readOptionalFile(join(folder, name)),
  );
  if (ca === undefined || (cert === undefined) !== (key === undefined)) {
    const missing = ['ca.pem', 'cert.pem', 'key.pem'].filter((name) => !existsSync(join(folder, name)));
    throw new UserError(
      'TLS_FILE',
      `TLS is asked for by ${env.DOCKER_TLS_VERIFY ? 'DOCKER_TLS_VERIFY' : 'DOCKER_TLS'}, but ${missing.join(' and ')} ` +
        `cannot be found in ${folder}: put the files there or set DOCKER_CERT_PATH.`,
    );
  }
  return { tls: { ca, cert, key, verify: Boolean(env.DOCKER_TLS_VERIFY) } };
}
