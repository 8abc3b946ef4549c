import { readAddress, readExtraHost } from '../../flags/addresses.js';
import { readCpus } from '../../flags/container/cpus.js';
import { readMount } from '../../flags/container/mount.js';
import { readNetwork } from '../../flags/container/network.js';
import { readSearchDomain } from '../../flags/container/search-domain.js';
import { readDuration } from '../../flags/duration.js';
import { boolean, text, value } from '../../flags/flag-table.js';
import { int64, uint64 } from '../../flags/integer.js';
import { readLabel, readVariable } from '../../flags/key-value.js';
import type { FlagSyntax, GivenFlags } from '../../flags/parse-flags.js';
import { readSize } from '../../flags/size.js';
import { readUlimit } from '../../flags/ulimit.js';
import { readCredentialSpec } from './values/credential-spec.js';
import { readEntrypoint } from './values/entrypoint.js';
import { readConfig, readSecret } from './values/file-references.js';
import { readGenericResource } from './values/generic-resources.js';
import { readHealthDuration } from './values/health-duration.js';
import { readServicePorts } from './values/ports.js';
import { readPreference } from './values/preference.js';
import { readRatio } from './values/ratio.js';

const table = {
  'cap-add': text(),
  'cap-drop': text(),
  config: value(readConfig),
  constraint: text(),
  'container-label': value(readLabel),
  'credential-spec': value(readCredentialSpec),
  detach: boolean('d'),
  dns: value(readAddress),
  'dns-option': text(),
  'dns-search': value(readSearchDomain),
  'endpoint-mode': text(),
  entrypoint: value(readEntrypoint),
  env: value(readVariable, 'e'),
  'env-file': text(),
  'generic-resource': value(readGenericResource),
  group: text(),
  'health-cmd': text(),
  'health-interval': value(readHealthDuration),
  'health-retries': value(int64),
  'health-start-interval': value(readHealthDuration),
  'health-start-period': value(readHealthDuration),
  'health-timeout': value(readHealthDuration),
  help: boolean('h'),
  host: value(readExtraHost),
  hostname: text(),
  init: boolean(),
  isolation: text(),
  label: value(readLabel, 'l'),
  'limit-cpu': value(readCpus),
  'limit-memory': value(readSize),
  'limit-pids': value(int64),
  'log-driver': text(),
  'log-opt': value(readVariable),
  'max-concurrent': value(uint64),
  mode: text(),
  mount: value(readMount),
  name: text(),
  network: value(readNetwork),
  'no-healthcheck': boolean(),
  'no-resolve-image': boolean(),
  'oom-score-adj': value(int64),
  'placement-pref': value(readPreference),
  publish: value(readServicePorts, 'p'),
  quiet: boolean('q'),
  'read-only': boolean(),
  replicas: value(uint64),
  'replicas-max-per-node': value(uint64),
  'reserve-cpu': value(readCpus),
  'reserve-memory': value(readSize),
  'restart-condition': text(),
  'restart-delay': value(readDuration),
  'restart-max-attempts': value(uint64),
  'restart-window': value(readDuration),
  'rollback-delay': value(readDuration),
  'rollback-failure-action': text(),
  'rollback-max-failure-ratio': value(readRatio),
  'rollback-monitor': value(readDuration),
  'rollback-order': text(),
  'rollback-parallelism': value(uint64),
  secret: value(readSecret),
  'stop-grace-period': value(readDuration),
  'stop-signal': text(),
  sysctl: text(),
  tty: boolean('t'),
  ulimit: value(readUlimit),
  'update-delay': value(readDuration),
  'update-failure-action': text(),
  'update-max-failure-ratio': value(readRatio),
  'update-monitor': value(readDuration),
  'update-order': text(),
  'update-parallelism': value(uint64),
  user: text('u'),
  'with-registry-auth': boolean(),
  workdir: text('w'),
} as const;

export type ServiceFlagTable = typeof table;
/** The flags of one `docker service create`. */
export type ServiceFlags = GivenFlags<ServiceFlagTable>;

/** Every flag of `docker service create` of CLI 28.5. Values that need more than themselves are read later. */
export const serviceSyntax: FlagSyntax<ServiceFlagTable> = { flags: table, interspersed: false };
