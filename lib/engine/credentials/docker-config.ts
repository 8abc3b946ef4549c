import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proxies } from '../../flags/proxies.js';
import { homeFolder } from '../../system/account.js';
import { printableLine } from '../../text/printable.js';
import { isRecord } from '../../text/record.js';
import { UserError } from '../../text/user-error.js';
import { object, optional, text } from '../client/shape.js';
import { authEntry, hostOfKey } from './auth-entry.js';
import { type ConfigFault, ConfigParts } from './config-parts.js';
import type { Credentials } from './types.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const AUTH_VARIABLE = 'DOCKER_AUTH_CONFIG';

const PROXIES = object({
  httpProxy: optional(text),
  httpsProxy: optional(text),
  noProxy: optional(text),
  ftpProxy: optional(text),
  allProxy: optional(text),
});

/** The parts of the docker CLI's `config.json` that matter here. */
export interface DockerConfig {
  /** The file or variable that it comes from. */
  source: string;
  currentContext?: string;
  auths?: ReadonlyMap<string, Credentials>;
  credsStore?: string;
  credHelpers?: ReadonlyMap<string, string>;
  detachKeys?: string;
  /** By the address of an engine, or `default`. */
  proxies?: ReadonlyMap<string, Proxies>;
  faults: readonly ConfigFault[];
}

/** The folder of the docker CLI's configuration: DOCKER_CONFIG, else `.docker` in the home folder. */
export function dockerConfigFolder(env: Environment): string {
  return env.DOCKER_CONFIG || join(homeFolder(env), '.docker');
}

function configFile(env: Environment): string {
  return join(dockerConfigFolder(env), 'config.json');
}

/** The proxies that containers and builds of an engine are told of, by the docker configuration. */
export function configuredProxies(env: Environment, engine: string): Proxies | undefined {
  const { proxies } = usableDockerConfig(env);
  return proxies?.get(engine) ?? proxies?.get('default');
}

/** `config.json` as the docker CLI takes it: one that cannot be read or is broken counts for nothing. */
export function usableDockerConfig(env: Environment): DockerConfig {
  return readOrFault(() => readDockerConfig(env)).value ?? { source: configFile(env), faults: [] };
}

/** The content of DOCKER_AUTH_CONFIG; a broken one counts as empty. */
export function usableAuthVariable(env: Environment): DockerConfig {
  return readOrFault(() => readAuthVariable(env)).value ?? { source: AUTH_VARIABLE, faults: [] };
}

/** What is ignored in the docker configuration because it is broken, each with what to do. */
export function dockerConfigFaults(env: Environment): string[] {
  return [readDockerConfig, readAuthVariable].flatMap((read) => {
    const { value, fault } = readOrFault(() => read(env));
    if (fault) return [fault.message];
    return (value?.faults ?? []).map((one) => faultError(one, value?.source ?? '').message);
  });
}

function readOrFault<T>(read: () => T): { value?: T; fault?: UserError } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof UserError) return { fault: error };
    throw error;
  }
}

/**
 * Reads `config.json`, for what cannot do without it; an absent file is an empty configuration.
 *
 * @throws {UserError} `BAD_DOCKER_CONFIG`, `UNREADABLE_FILE`
 */
export function readDockerConfig(env: Environment): DockerConfig {
  const file = configFile(env);
  const content = readOptionalFile(file);
  return parseDockerConfig(content === undefined || content.trim() === '' ? '{}' : content, file);
}

/** @throws {UserError} `BAD_DOCKER_CONFIG` */
export function readAuthVariable({ DOCKER_AUTH_CONFIG }: Environment): DockerConfig {
  return parseDockerConfig(DOCKER_AUTH_CONFIG || '{}', AUTH_VARIABLE);
}

/**
 * @param source the file or variable it comes from, for the message (which never repeats the text: secrets)
 * @throws {UserError} `BAD_DOCKER_CONFIG` where it is no JSON object; what is wrong with parts of one is among its faults
 */
function parseDockerConfig(content: string, source: string): DockerConfig {
  const parts = new ConfigParts(parseObject(content, source));
  return {
    source,
    currentContext: parts.text('currentContext'),
    auths: parts.entries('auths', authEntry),
    credsStore: parts.text('credsStore'),
    credHelpers: parts.entries('credHelpers', text),
    detachKeys: parts.text('detachKeys'),
    proxies: parts.entries('proxies', PROXIES),
    faults: parts.faults,
  };
}

function parseObject(content: string, source: string): Record<string, unknown> {
  let place = '';
  try {
    const value: unknown = JSON.parse(content);
    if (isRecord(value)) return value;
  } catch (error) {
    place = lineOf(error, content);
  }
  throw badConfig(`${source} does not hold a JSON object${place}: mend it, or set it aside.`);
}

/** The error for callers that need the broken setting. */
export function faultError({ setting, entry, expectation }: ConfigFault, source: string): UserError {
  if (setting === 'auths' && entry !== undefined) {
    const remedy =
      source === AUTH_VARIABLE ? 'mend it' : `log in again with docker login ${hostOfKey(entry)}`;
    return badConfig(`The credentials for ${entry} in ${source} cannot be used (${expectation}): ${remedy}.`);
  }
  return badConfig(`${source} has a setting that cannot be used (${expectation}): mend it, or take it out.`);
}

function badConfig(sentence: string): UserError {
  return new UserError('BAD_DOCKER_CONFIG', printableLine(sentence));
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
