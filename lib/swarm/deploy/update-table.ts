import { isRecord } from '../../text/record.js';

/** A flag of one value. */
interface Single {
  /** Where its value stands in a service. */
  path: string;
  /** What says the same as if it was not there; undefined where another flag says it. */
  none?: string;
  /** What must be said first, where values would add up otherwise. */
  first?: string;
}

/** A flag that may come several times. */
interface Listed {
  path: string;
  /** What its entries are known by to `docker service update`. */
  keysOf: (value: unknown) => string[];
  /** Whether an entry that is there already must not be added again. */
  once?: boolean;
}

const single = (path: string, none?: string): Single => ({ path, none });
const container = (name: string, none = '') => single(`TaskTemplate.ContainerSpec.${name}`, none);
const health = (name: string, none: string) => container(`Healthcheck.${name}`, none);
const resources = (name: string) => single(`TaskTemplate.Resources.${name}`, '0');
const restart = (name: string, none: string) => single(`TaskTemplate.RestartPolicy.${name}`, none);

const changes = (kind: 'update' | 'rollback', field: string): Record<string, Single> => ({
  [`${kind}-parallelism`]: single(`${field}.Parallelism`, '1'),
  [`${kind}-delay`]: single(`${field}.Delay`, '0s'),
  [`${kind}-monitor`]: single(`${field}.Monitor`, '5s'),
  [`${kind}-failure-action`]: single(`${field}.FailureAction`, 'pause'),
  [`${kind}-max-failure-ratio`]: single(`${field}.MaxFailureRatio`, '0'),
  [`${kind}-order`]: single(`${field}.Order`, 'stop-first'),
});

/** Flags that `docker service create` and `docker service update` have alike. */
export const SINGLE: Readonly<Record<string, Single>> = {
  hostname: container('Hostname'),
  user: container('User'),
  workdir: container('Dir'),
  entrypoint: container('Command'),
  'stop-signal': container('StopSignal'),
  'stop-grace-period': container('StopGracePeriod', '10s'),
  isolation: container('Isolation', 'default'),
  'read-only': container('ReadOnly', 'false'),
  tty: container('TTY', 'false'),
  init: container('Init', 'false'),
  'oom-score-adj': container('OomScoreAdj', '0'),
  'health-cmd': health('Test', ''),
  'health-interval': health('Interval', '0s'),
  'health-timeout': health('Timeout', '0s'),
  'health-start-period': health('StartPeriod', '0s'),
  'health-start-interval': health('StartInterval', '0s'),
  'health-retries': health('Retries', '0'),
  'no-healthcheck': single('TaskTemplate.ContainerSpec.Healthcheck.Test'),
  'cap-add': { ...container('CapabilityAdd', 'RESET'), first: 'RESET' },
  'cap-drop': { ...container('CapabilityDrop', 'RESET'), first: 'RESET' },
  'limit-cpu': resources('Limits.NanoCPUs'),
  'limit-memory': resources('Limits.MemoryBytes'),
  'limit-pids': resources('Limits.Pids'),
  'reserve-cpu': resources('Reservations.NanoCPUs'),
  'reserve-memory': resources('Reservations.MemoryBytes'),
  'restart-condition': restart('Condition', 'any'),
  'restart-delay': restart('Delay', '5s'),
  'restart-max-attempts': restart('MaxAttempts', '0'),
  'restart-window': restart('Window', '0s'),
  // What has a log driver keeps one: docker service update cannot take it away.
  'log-driver': single('TaskTemplate.LogDriver'),
  'log-opt': single('TaskTemplate.LogDriver'),
  replicas: single('Mode.Replicated.Replicas', '1'),
  'endpoint-mode': single('EndpointSpec.Mode', 'vip'),
  ...changes('update', 'UpdateConfig'),
  ...changes('rollback', 'RollbackConfig'),
};

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown) => list(value).map(String);
const names = (value: unknown) => (isRecord(value) ? Object.keys(value) : []);
const field = (name: string) => (value: unknown) =>
  list(value).flatMap((one) => (isRecord(one) && typeof one[name] === 'string' ? [one[name]] : []));
const before = (sign: string) => (value: unknown) => texts(value).map((text) => text.split(sign, 1)[0] ?? '');

const spec = (name: string, keysOf: Listed['keysOf']): Listed => ({
  path: `TaskTemplate.ContainerSpec.${name}`,
  keysOf,
});

/** Flags of `docker service create` in whose place `docker service update` has one that adds and one that removes. */
export const LISTS: Readonly<Record<string, Listed>> = {
  env: spec('Env', before('=')),
  label: { path: 'Labels', keysOf: names },
  'container-label': spec('Labels', names),
  constraint: { path: 'TaskTemplate.Placement.Constraints', keysOf: texts, once: true },
  mount: spec('Mounts', field('Target')),
  publish: { path: 'EndpointSpec.Ports', keysOf: (value) => list(value).flatMap(portKey) },
  secret: spec('Secrets', field('SecretName')),
  config: spec('Configs', field('ConfigName')),
  dns: spec('DNSConfig.Nameservers', texts),
  'dns-option': spec('DNSConfig.Options', texts),
  'dns-search': spec('DNSConfig.Search', texts),
  host: spec('Hosts', (value) => texts(value).map((text) => text.replace(/^(\S+) (.*)$/, '$2:$1'))),
  group: spec('Groups', texts),
  sysctl: spec('Sysctls', names),
  ulimit: spec('Ulimits', field('Name')),
  'generic-resource': {
    path: 'TaskTemplate.Resources.Reservations.GenericResources',
    keysOf: (value) => list(value).flatMap(resourceKey),
  },
};

function portKey(port: unknown): string[] {
  if (!isRecord(port)) return [];
  return [
    `target=${String(port.TargetPort)},protocol=${String(port.Protocol)},mode=${String(port.PublishMode)}`,
  ];
}

function resourceKey(resource: unknown): string[] {
  const discrete = isRecord(resource) ? resource.DiscreteResourceSpec : undefined;
  return isRecord(discrete) ? [String(discrete.Kind)] : [];
}
