import { join } from 'node:path';
import { UserError } from '../../text/user-error.js';
import { askHelper, listHelper } from './credential-helper.js';
import {
  type AuthEntry,
  type DockerConfig,
  dockerConfigFolder,
  type Environment,
  parseDockerConfig,
  readDockerConfig,
  usableDockerConfig,
} from './docker-config.js';
import type { Credentials } from './types.js';

export interface CredentialOptions {
  env: Environment;
  /** Milliseconds that a credential helper may take; 30,000 unless given. */
  timeout?: number;
  /** Whether a docker configuration that is broken is as good as none: registries give most images to anybody. */
  lenient?: boolean;
}

/** The key under which credentials of Docker Hub are kept. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/**
 * Finds the credentials for a registry by the docker CLI's rules: those of DOCKER_AUTH_CONFIG; else those of the
 * registry's own helper (`credHelpers`), else of the store (`credsStore`), and where there is neither, of `auths` in the
 * docker configuration. Where the CLI goes on without credentials because a helper is missing or fails, this throws.
 *
 * @param registryHost as in a reference: `docker.io`, `registry.example.com:5000`
 * @throws {UserError} `CREDENTIAL_HELPER`, `BAD_DOCKER_CONFIG`, `UNREADABLE_FILE`
 */
export async function lookUpCredentials(
  registryHost: string,
  options: CredentialOptions,
): Promise<Credentials | undefined> {
  const key = configKey(registryHost);
  const fromVariable = findEntry(readVariable(options.env), key);
  if (fromVariable !== undefined) return fromVariable;

  const config = options.lenient ? usableDockerConfig(options.env) : readDockerConfig(options.env);
  return storedCredentials(key, config, options);
}

/**
 * Finds all credentials, by registry, as the classic builder is given them: a build may pull from any registry.
 *
 * @throws {UserError} `CREDENTIAL_HELPER`, `BAD_DOCKER_CONFIG`, `UNREADABLE_FILE`
 */
export async function listCredentials(options: CredentialOptions): Promise<Record<string, Credentials>> {
  const { env } = options;
  const config = readDockerConfig(env);
  const found = config.credsStore
    ? await listHelper(helperOf(config.credsStore, 'credsStore', options))
    : readAuths(config.auths, configFile(env));
  for (const key of Object.keys(config.credHelpers ?? {})) {
    found.set(key, (await storedCredentials(key, config, options)) ?? {});
  }
  for (const [key, auth] of readVariable(env)) found.set(key, auth);
  return Object.fromEntries(found);
}

function storedCredentials(
  key: string,
  config: DockerConfig,
  options: CredentialOptions,
): Promise<Credentials | undefined> {
  const { credHelpers, credsStore, auths } = config;
  const setting = credHelpers?.[key] === undefined ? 'credsStore' : 'credHelpers';
  // An empty name stands for the file itself.
  const helper = credHelpers?.[key] ?? credsStore;
  if (helper) return askHelper(helperOf(helper, setting, options), key);
  return Promise.resolve(findEntry(readAuths(auths, configFile(options.env)), key));
}

function helperOf(name: string, setting: string, { env, timeout = 30_000 }: CredentialOptions) {
  return { name, namedBy: `${setting} in ${configFile(env)}`, env, timeout };
}

function configFile(env: Environment): string {
  return join(dockerConfigFolder(env), 'config.json');
}

function configKey(registryHost: string): string {
  return /^(index\.|registry-1\.)?docker\.io$/.test(registryHost) ? DOCKER_HUB : registryHost;
}

/** Files of old releases hold URLs where hosts stand today. */
function findEntry(auths: ReadonlyMap<string, Credentials>, key: string): Credentials | undefined {
  const exact = auths.get(key);
  if (exact !== undefined) return exact;
  for (const [name, auth] of auths) {
    if (name.replace(/^https?:\/\//, '').replace(/\/.*$/s, '') === key) return auth;
  }
  return undefined;
}

function readVariable(env: Environment): Map<string, Credentials> {
  if (!env.DOCKER_AUTH_CONFIG) return new Map();
  const { auths } = parseDockerConfig(env.DOCKER_AUTH_CONFIG, 'DOCKER_AUTH_CONFIG');
  return readAuths(auths, 'DOCKER_AUTH_CONFIG');
}

function readAuths(auths: DockerConfig['auths'], source: string): Map<string, Credentials> {
  return new Map(
    Object.entries(auths ?? {}).map(([key, entry]) => [key, readEntry(key, entry ?? {}, source)]),
  );
}

function readEntry(key: string, { auth, ...rest }: AuthEntry, source: string): Credentials {
  if (!auth) return withoutEmpty({ ...rest, serveraddress: key });
  const [, username, password] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, 'base64').toString()) ?? [];
  if (username === undefined) {
    throw new UserError(
      'BAD_DOCKER_CONFIG',
      `The credentials for ${key} in ${source} are not base64 of user:password: log in again with docker login.`,
    );
  }
  // Files of old releases are padded with zero bytes.
  return withoutEmpty({
    ...rest,
    username,
    password: password!.replace(/^\0+|\0+$/g, ''),
    serveraddress: key,
  });
}

function withoutEmpty(auth: Credentials): Credentials {
  return Object.fromEntries(Object.entries(auth).filter(([, value]) => value));
}
