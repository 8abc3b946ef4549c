import { checked } from '../../../flags/container/checked-words.js';
import { readDuration } from '../../../flags/duration.js';
import { int64 } from '../../../flags/integer.js';
import { formatPlatform, readPlatform } from '../../../oci/platform.js';
import type { RunFlagTable } from '../../../run/flags/run-flags.js';
import { aliases, labelFile, networks } from './names.js';
import { readPublishedPorts } from './ports.js';
import { as, last, noEquivalent, none, nothing, reading, type Rule, same } from './rule.js';
import { sharedMemory, temporary, volumes } from './volumes.js';

/** A number of a run that means "as many as it takes" where it is below 1, which 0 says of a service. */
const limit = (name: string): Rule => reading(int64, (number) => [`--${name}=${Math.max(number, 0)}`]);

/** Seconds, of which a run may have an endless number. */
const stopTimeout: Rule = reading(int64, (seconds, given) => {
  if (seconds < 0) throw noEquivalent(given, '--stop-timeout without end');
  return [`--stop-grace-period=${seconds}s`];
});

/** 0 asks for nothing in a run, but in a service for the image's own health check. */
const healthDuration: Rule = last(
  reading(readDuration, (duration, given) => (duration === 0 ? [] : same(given))),
);

/** One program and no words behind it, which a service would split again. */
const entrypoint: Rule = ({ text }) => [
  `--entrypoint=${text === '' ? '' : `"${text.replace(/["\\]/g, '\\$&')}"`}`,
];

const restart: Rule = last(({ text, ...given }) => {
  const [, policy, count = ''] = /^([^:]*)(?::(\d*))?$/.exec(text) ?? [];
  if (policy === '' || (policy === 'no' && count === '')) return ['--restart-condition=none'];
  if (policy === 'always' || policy === 'unless-stopped') return ['--restart-condition=any'];
  if (policy !== 'on-failure') throw noEquivalent(given, `--restart=${text}`);
  const attempts = Number(count) > 0 ? [`--restart-max-attempts=${Number(count)}`] : [];
  return ['--restart-condition=on-failure', ...attempts];
});

/** What nodes say of themselves, by what images say of theirs. */
const ARCHITECTURES = new Map([
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['arm64/v8', 'aarch64'],
  ['ppc64le', 'ppc64le'],
  ['riscv64', 'riscv64'],
  ['s390x', 's390x'],
]);

const platform: Rule = last((given) => {
  const { text, word } = given;
  if (text === '') return [];
  const wanted = formatPlatform(checked(word, () => readPlatform(text)));
  const [, machine = ''] = /^linux\/(.+)$/.exec(wanted) ?? [];
  const architecture = ARCHITECTURES.get(machine);
  if (architecture === undefined) throw noEquivalent(given, `--platform=${text}`);
  return ['--constraint=node.platform.os==linux', `--constraint=node.platform.arch==${architecture}`];
});

/** A node counts its GPUs as the generic resource that its engine's configuration names. */
const gpus: Rule = last(({ text, ...given }) => {
  const [, count] = /^(?:count=)?(\d+)$/.exec(text) ?? [];
  if (count === undefined) throw noEquivalent(given, `--gpus=${text} (only a number of them has)`);
  return Number(count) === 0 ? [] : [`--generic-resource=GPU=${Number(count)}`];
});

/** A run has no swappiness with -1, and 0 is one. */
const swappiness: Rule = (given) => {
  if (given.value === -1) return [];
  throw noEquivalent(given, '--memory-swappiness');
};

/** A bare name is one without a value, not one of the environment; without a driver a service drops it. */
const logOption: Rule = (given) => {
  if (!given.flags.last('log-driver')) throw noEquivalent(given, '--log-opt without --log-driver');
  return [`--log-opt=${given.text}${given.text.includes('=') ? '' : '='}`];
};

const RULES = {
  'add-host': as('host'),
  annotation: none,
  attach: none,
  'blkio-weight': none,
  'blkio-weight-device': none,
  'cap-add': same,
  'cap-drop': same,
  'cgroup-parent': none,
  cgroupns: none,
  cidfile: none,
  'cpu-count': none,
  'cpu-percent': none,
  'cpu-period': none,
  'cpu-quota': none,
  'cpu-rt-period': none,
  'cpu-rt-runtime': none,
  'cpu-shares': none,
  cpus: as('limit-cpu'),
  'cpuset-cpus': none,
  'cpuset-mems': none,
  detach: nothing,
  'detach-keys': none,
  device: none,
  'device-cgroup-rule': none,
  'device-read-bps': none,
  'device-read-iops': none,
  'device-write-bps': none,
  'device-write-iops': none,
  'disable-content-trust': none,
  dns: same,
  'dns-option': same,
  'dns-search': same,
  domainname: none,
  entrypoint,
  env: same,
  'env-file': same,
  expose: none,
  gpus,
  'group-add': as('group'),
  'health-cmd': same,
  'health-interval': healthDuration,
  'health-retries': same,
  'health-start-interval': healthDuration,
  'health-start-period': healthDuration,
  'health-timeout': healthDuration,
  help: none,
  hostname: same,
  init: same,
  interactive: none,
  'io-maxbandwidth': none,
  'io-maxiops': none,
  ip: none,
  ip6: none,
  ipc: none,
  isolation: same,
  'kernel-memory': none,
  label: as('label', 'container-label'),
  'label-file': labelFile,
  link: none,
  'link-local-ip': none,
  'log-driver': same,
  'log-opt': logOption,
  'mac-address': none,
  memory: as('limit-memory'),
  'memory-reservation': as('reserve-memory'),
  'memory-swap': none,
  'memory-swappiness': swappiness,
  mount: same,
  name: same,
  network: networks,
  'network-alias': aliases,
  'no-healthcheck': same,
  'oom-kill-disable': none,
  'oom-score-adj': same,
  pid: none,
  'pids-limit': limit('limit-pids'),
  platform,
  privileged: none,
  publish: readPublishedPorts,
  'publish-all': none,
  pull: none,
  quiet: nothing,
  'read-only': same,
  restart,
  rm: none,
  runtime: none,
  'security-opt': nothing,
  'shm-size': sharedMemory,
  'sig-proxy': none,
  'stop-signal': same,
  'stop-timeout': stopTimeout,
  'storage-opt': none,
  sysctl: same,
  tmpfs: temporary,
  tty: same,
  ulimit: same,
  'use-api-socket': none,
  user: same,
  userns: none,
  uts: none,
  volume: volumes,
  'volume-driver': nothing,
  'volumes-from': none,
  workdir: same,
} satisfies Record<keyof RunFlagTable, Rule>;

const BY_NAME = new Map<string, Rule>(Object.entries(RULES));

/** How a flag of `docker run` is said to a service. */
export function ruleOf(name: string): Rule {
  return BY_NAME.get(name) ?? none;
}
