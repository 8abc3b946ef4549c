import type { Occurrence } from '../../flags/parse-flags.js';
import { FlagError } from '../../text/flag-error.js';
import type { ServiceFlags } from './service-flags.js';
import type { ConfigReference, NetworkAttachment, SecretReference } from './service-spec.js';
import type { FileReference } from './values/file-references.js';

/** The IDs of what a service names; undefined where the swarm has nothing of that name. */
export interface Ids {
  network: (name: string) => string | undefined;
  secret: (name: string) => string | undefined;
  config: (name: string) => string | undefined;
}

/** Before a swarm has been asked. An engine takes the name of a network in place of its ID. */
export const BY_NAME: Ids = { network: (name) => name, secret: () => '', config: () => '' };

/** @throws {FlagError} `BAD_VALUE` for a network that the swarm does not have */
export function readNetworks(flags: ServiceFlags, ids: Ids): NetworkAttachment[] {
  const networks = flags.all('network').map(({ value: { target, aliases, driverOptions }, word }) => {
    if (target.trim() === '')
      throw new FlagError('BAD_VALUE', 'invalid network name or ID: value is empty', word);
    const id = ids.network(target);
    if (id === undefined) throw new FlagError('BAD_VALUE', `network ${target} not found`, word);
    return {
      Target: id,
      ...(aliases.length > 0 && { Aliases: aliases }),
      ...(Object.keys(driverOptions).length > 0 && { DriverOpts: driverOptions }),
    };
  });
  return networks.sort((a, b) => compare(a.Target, b.Target));
}

/** @throws {FlagError} `CONFLICTING_FLAGS` for two secrets in one file, `BAD_VALUE` for one that the swarm does not have */
export function readSecrets(flags: ServiceFlags, ids: Ids): SecretReference[] {
  return each(flags.all('secret'), 'secret').map(({ value: { source, file }, word }) => {
    const id = ids.secret(source);
    if (id === undefined) throw new FlagError('BAD_VALUE', `secret not found: ${source}`, word);
    return { File: file, SecretID: id, SecretName: source };
  });
}

/** @throws {FlagError} `CONFLICTING_FLAGS` for two configs in one file, `BAD_VALUE` for one that the swarm does not have */
export function readConfigs(flags: ServiceFlags, ids: Ids): ConfigReference[] {
  const idOf = (name: string, word = flags.word('credential-spec')): string => {
    const id = ids.config(name);
    if (id === undefined) throw new FlagError('BAD_VALUE', `config not found: ${name}`, word);
    return id;
  };
  const files = each(flags.all('config'), 'config').map(({ value: { source, file }, word }) => ({
    File: file,
    ConfigID: idOf(source, word),
    ConfigName: source,
  }));
  const credentials = flags.last('credential-spec')?.Config;
  if (!credentials) return files;
  return [...files, { Runtime: {}, ConfigID: idOf(credentials), ConfigName: credentials }];
}

function each(
  given: readonly Occurrence<FileReference>[],
  kind: string,
): readonly Occurrence<FileReference>[] {
  const files = new Set<string>();
  for (const { value, word } of given) {
    if (files.has(value.file.Name)) {
      const sentence = `duplicate ${kind} target for ${value.source} not allowed`;
      throw new FlagError('CONFLICTING_FLAGS', sentence, word);
    }
    files.add(value.file.Name);
  }
  return given;
}

/** By bytes, as Go compares texts. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
