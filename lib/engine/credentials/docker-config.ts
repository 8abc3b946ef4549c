import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proxies } from '../../flags/proxies.js';
import { homeFolder } from '../../text/account.js';
import { UserError } from '../../text/user-error.js';
import { mapOf, object, optional, type Shaped, text, WrongShape } from '../client/shape.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const AUTH_ENTRY = object({
  /** Base64 of `user:password`. */
  auth: optional(text),
  username: optional(text),
  password: optional(text),
  email: optional(text),
  identitytoken: optional(text),
  registrytoken: optional(text),
});

const PROXIES = object({
  httpProxy: optional(text),
  httpsProxy: optional(text),
  noProxy: optional(text),
  ftpProxy: optional(text),
  allProxy: optional(text),
});

const CONFIG = object({
  currentContext: optional(text),
  auths: optional(mapOf(optional(AUTH_ENTRY))),
  credsStore: optional(text),
  credHelpers: optional(mapOf(optional(text))),
  detachKeys: optional(text),
  /** By the address of an engine, or `default`. */
  proxies: optional(mapOf(optional(PROXIES))),
});

/** The parts of the docker CLI's `config.json` that matter here. */
export type DockerConfig = Shaped<typeof CONFIG>;

/** One registry's entry in `auths`. */
export type AuthEntry = Partial<Shaped<typeof AUTH_ENTRY>>;

/** The folder of the docker CLI's configuration: DOCKER_CONFIG, else `.docker` in the home folder. */
export function dockerConfigFolder(env: Environment): string {
  return env.DOCKER_CONFIG || join(homeFolder(env), '.docker');
}

/** The proxies that containers and builds of an engine are told of, by the docker configuration. */
export function configuredProxies(env: Environment, engine: string): Proxies | undefined {
  const { proxies } = usableDockerConfig(env);
  return proxies?.[engine] ?? proxies?.default;
}

/** `config.json` as the docker CLI takes it: one that cannot be read or is broken counts for nothing. */
export function usableDockerConfig(env: Environment): DockerConfig {
  return dockerConfigFault(env) ? CONFIG({}) : readDockerConfig(env);
}

/** Why `config.json` counts for nothing, and what to do; undefined where it is in order, or not there. */
export function dockerConfigFault(env: Environment): UserError | undefined {
  try {
    readDockerConfig(env);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/**
 * Reads `config.json`, for what cannot do without it; an absent file is an empty configuration.
 *
 * @throws {UserError} `BAD_DOCKER_CONFIG`, `UNREADABLE_FILE`
 */
export function readDockerConfig(env: Environment): DockerConfig {
  const file = join(dockerConfigFolder(env), 'config.json');
  const content = readOptionalFile(file);
  return parseDockerConfig(content === undefined || content.trim() === '' ? '{}' : content, file);
}

/**
 * @param source the file or variable it comes from, for the message (which never repeats the text: secrets)
 * @throws {UserError} `BAD_DOCKER_CONFIG`
 */
export function parseDockerConfig(content: string, source: string): DockerConfig {
  try {
    return CONFIG(JSON.parse(content));
  } catch (error) {
    const fault =
      error instanceof WrongShape && !error.expectation.startsWith('it ')
        ? `is no docker configuration (${error.expectation})`
        : `does not hold a JSON object${lineOf(error, content)}`;
    throw new UserError('BAD_DOCKER_CONFIG', `${source} ${fault}: mend it, or set it aside.`);
  }
}

/** Where JSON goes wrong, as far as the parser says; the rest of its words may repeat a secret. */
function lineOf(error: unknown, content: string): string {
  const [, position] = / at position (\d+)/.exec(String(error)) ?? [];
  return position === undefined ? '' : ` (line ${content.slice(0, Number(position)).split('\n').length})`;
}

/** The text of a file, or undefined where it does not exist. */
export function readOptionalFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(
      'UNREADABLE_FILE',
      `${file} cannot be read (${code}): check its owner and permissions.`,
    );
  }
}
