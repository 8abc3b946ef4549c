import { hostOfKey } from './auth-entry.js';
import type { ConfigFault } from './config-parts.js';
import { askHelper } from './credential-helper.js';
import {
  type DockerConfig,
  type Environment,
  faultError,
  readAuthVariable,
  readDockerConfig,
  usableAuthVariable,
  usableDockerConfig,
} from './docker-config.js';
import type { Credentials } from './types.js';

export interface CredentialOptions {
  env: Environment;
  /** Milliseconds that a credential helper may take; 30,000 unless given. */
  timeout?: number;
  /** Whether broken settings count as absent. For pulls: most images can be had without credentials. */
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
  const { env, lenient } = options;
  const variable = lenient ? usableAuthVariable(env) : readAuthVariable(env);
  const fromVariable = entryOf(variable, key, options);
  if (fromVariable !== undefined) return fromVariable;
  return storedCredentials(key, lenient ? usableDockerConfig(env) : readDockerConfig(env), options);
}

async function storedCredentials(
  key: string,
  config: DockerConfig,
  options: CredentialOptions,
): Promise<Credentials | undefined> {
  const { credHelpers, credsStore, source } = config;
  const own = credHelpers?.get(key);
  if (own === undefined) refuseFaults(config, options, isHelperOf(key));
  const setting = own === undefined ? 'credsStore' : 'credHelpers';
  // A helper with an empty name means the configuration file itself, as in the docker CLI.
  const helper = own ?? credsStore;
  if (helper) return askHelper(helperOf(helper, `${setting} in ${source}`, options), key);
  return entryOf(config, key, options);
}

/** Selects the faults of the settings that decide which helper a registry uses. */
function isHelperOf(key: string) {
  return ({ setting, entry = key }: ConfigFault) =>
    setting === 'credsStore' || (setting === 'credHelpers' && entry === key);
}

/**
 * The credentials that a configuration holds itself.
 *
 * @throws {UserError} `BAD_DOCKER_CONFIG` where it holds none that can be used, and has an entry for them
 */
function entryOf(config: DockerConfig, key: string, options: CredentialOptions): Credentials | undefined {
  const entries = entriesOf(config);
  const found = entries.get(key) ?? [...entries].find(([name]) => hostOfKey(name) === key)?.[1];
  if (found) return found;
  refuseFaults(
    config,
    options,
    ({ setting, entry = key }) => setting === 'auths' && (entry === key || hostOfKey(entry) === key),
  );
  return undefined;
}

/** Throws if one of the settings that are needed is broken, unless `lenient`. */
function refuseFaults(
  { faults, source }: DockerConfig,
  { lenient }: CredentialOptions,
  counts: (fault: ConfigFault) => boolean,
): void {
  const fault = lenient ? undefined : faults.find(counts);
  if (fault) throw faultError(fault, source);
}

function entriesOf({ auths }: DockerConfig): Map<string, Credentials> {
  return new Map(
    [...(auths ?? [])].map(([key, credentials]) => [key, { ...credentials, serveraddress: key }]),
  );
}

function helperOf(name: string, namedBy: string, { env, timeout = 30_000 }: CredentialOptions) {
  return { name, namedBy, env, timeout };
}

function configKey(registryHost: string): string {
  return /^(index\.|registry-1\.)?docker\.io$/.test(registryHost) ? DOCKER_HUB : registryHost;
}
