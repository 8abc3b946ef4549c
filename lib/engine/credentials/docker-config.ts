import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Proxies } from '../../flags/proxies.js';
import { UserError } from '../../text/user-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The parts of the docker CLI's `config.json` that matter here. */
export interface DockerConfig {
  currentContext?: string;
  auths?: Record<string, AuthEntry | undefined>;
  credsStore?: string;
  credHelpers?: Record<string, string | undefined>;
  detachKeys?: string;
  /** By the address of an engine, or `default`. */
  proxies?: Record<string, Proxies | undefined>;
}

/** One registry's entry in `auths`. */
export interface AuthEntry {
  /** Base64 of `user:password`. */
  auth?: string;
  username?: string;
  password?: string;
  email?: string;
  identitytoken?: string;
  registrytoken?: string;
}

/** The folder of the docker CLI's configuration: DOCKER_CONFIG, else `.docker` in the home folder. */
export function dockerConfigFolder(env: Environment): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker');
}

/** The proxies that containers and builds of an engine are told of, by the docker configuration. */
export function configuredProxies(env: Environment, engine: string): Proxies | undefined {
  const { proxies } = readDockerConfig(env);
  return proxies?.[engine] ?? proxies?.default;
}

/**
 * Reads `config.json`; an absent file is an empty configuration. Where the CLI warns about a broken file and
 * works without it, this refuses: the current context may stand in it, and with it which engine is meant.
 *
 * @throws UserError `BAD_DOCKER_CONFIG`
 */
export function readDockerConfig(env: Environment): DockerConfig {
  const file = join(dockerConfigFolder(env), 'config.json');
  const text = readOptionalFile(file);
  if (text === undefined || text.trim() === '') return {};
  return parseDockerConfig(text, file);
}

/**
 * @param source the file or variable it comes from, for the message (which never repeats the text: secrets)
 * @throws UserError `BAD_DOCKER_CONFIG`
 */
export function parseDockerConfig(text: string, source: string): DockerConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(
      'BAD_DOCKER_CONFIG',
      `${source} does not hold a JSON object: mend it, or set it aside.`,
    );
  }
  return value;
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
