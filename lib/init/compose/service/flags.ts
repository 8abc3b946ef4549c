import type { KeyName } from '../../../project/keys/keys.js';
import { isRecord } from '../../../text/record.js';
import type { Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import type { Target } from '../target.js';
import { isTrue, only, pairsOf, scalar } from '../values.js';

/** Attributes of a service that are one flag of `docker run`. */
const ONE: Readonly<Record<string, string>> = {
  user: 'user',
  working_dir: 'workdir',
  hostname: 'hostname',
  domainname: 'domainname',
  mac_address: 'mac-address',
  uts: 'uts',
  userns_mode: 'userns',
  cgroup: 'cgroupns',
  cgroup_parent: 'cgroup-parent',
  runtime: 'runtime',
  platform: 'platform',
  isolation: 'isolation',
  stop_signal: 'stop-signal',
  shm_size: 'shm-size',
  mem_limit: 'memory',
  mem_reservation: 'memory-reservation',
  memswap_limit: 'memory-swap',
  mem_swappiness: 'memory-swappiness',
  cpus: 'cpus',
  cpu_shares: 'cpu-shares',
  cpu_quota: 'cpu-quota',
  cpu_period: 'cpu-period',
  cpu_rt_period: 'cpu-rt-period',
  cpu_rt_runtime: 'cpu-rt-runtime',
  cpu_count: 'cpu-count',
  cpu_percent: 'cpu-percent',
  cpuset: 'cpuset-cpus',
  oom_score_adj: 'oom-score-adj',
  pids_limit: 'pids-limit',
};

/** Those that are a flag where they are true. */
const TRUTHS: Readonly<Record<string, string>> = {
  privileged: 'privileged',
  read_only: 'read-only',
  oom_kill_disable: 'oom-kill-disable',
  use_api_socket: 'use-api-socket',
};

/** Those that are a flag for each item. */
const LISTS: Readonly<Record<string, string>> = {
  cap_add: 'cap-add',
  cap_drop: 'cap-drop',
  devices: 'device',
  device_cgroup_rules: 'device-cgroup-rule',
  dns: 'dns',
  dns_opt: 'dns-option',
  dns_search: 'dns-search',
  expose: 'expose',
  group_add: 'group-add',
  security_opt: 'security-opt',
  tmpfs: 'tmpfs',
};

/** Those that are a flag for each `name=value`. */
const PAIRS: Readonly<Record<string, string>> = {
  annotations: 'annotation',
  labels: 'label',
  storage_opt: 'storage-opt',
  sysctls: 'sysctl',
};

/** Converters of what is a flag of `docker run` by another name. */
export const FLAGS: Readonly<Record<string, Converter>> = {
  ...tableOf(ONE, (flag) => (value, to) => to.flag(flag, value)),
  ...tableOf(TRUTHS, (flag) => (value, to) => {
    if (isTrue(value)) to.add('args', `--${flag}`);
  }),
  ...tableOf(LISTS, (flag) => (value, to) => to.each(value, (item, target) => target.flag(flag, item))),
  ...tableOf(PAIRS, (flag) => (value, to) => addPairs(value, to, flag)),
  extra_hosts: (value, to) => addHosts(value, to),
  ipc: (value, to) => to.flag('ipc', ofNoService(value)),
  pid: (value, to) => to.flag('pid', ofNoService(value)),
  // A run has --init unless it is told otherwise.
  init: (value, to) => {
    if (!isTrue(value)) to.add('args', '--init=false');
  },
  label_file: (value, to) =>
    to.each(value, (item, target) => target.add('args', '--label-file', target.hostPath(target.word(item)))),
  pull_policy: (value, to) => {
    const policy = scalar(value) === 'if_not_present' ? 'missing' : scalar(value);
    if (!['always', 'never', 'missing'].includes(policy))
      throw new NotCarried(`is ${policy}: gulp build makes an image again`);
    to.flag('pull', policy);
  },
  ulimits: (value, to) => {
    for (const [name, limit] of Object.entries(isRecord(value) ? value : {})) {
      const target = to.at(name);
      target.attempt(() => target.flag('ulimit', `${name}=${ulimit(limit)}`));
    }
  },
  logging: (value, to) => {
    const { driver, options } = only(value, ['driver', 'options']);
    if (driver !== undefined) to.flag('log-driver', driver);
    addPairs(options, to, 'log-opt');
  },
  gpus: (value, to) => {
    if (value !== 'all')
      throw new NotCarried(`lists devices: gpu=--gpus takes 'all', a number or '"device=0,1"'`);
    to.add('gpu', '--gpus', 'all');
  },
};

/** Adds a flag for each `name=value`, which compose replaces in the value alone. */
export function addPairs(value: unknown, to: Target, flag: string, key?: KeyName): void {
  for (const [name, text] of pairsOf(value))
    to.flag(flag, text === undefined ? name : `${name}=${text}`, key);
}

/** `name=address` or `name:address`. */
export function addHosts(value: unknown, to: Target, key?: KeyName): void {
  for (const [name, address = ''] of pairsOf(value, /[=:]/)) to.flag('add-host', `${name}:${address}`, key);
}

function ulimit(limit: unknown): string {
  if (!isRecord(limit)) return scalar(limit);
  const { soft, hard } = only(limit, ['soft', 'hard']);
  return `${scalar(soft)}:${scalar(hard)}`;
}

function ofNoService(value: unknown): string {
  const text = scalar(value);
  if (text.startsWith('service:')) throw new NotCarried(`is ${text}, and a run shares it with no other`);
  return text;
}

function tableOf(
  names: Readonly<Record<string, string>>,
  make: (flag: string) => Converter,
): Record<string, Converter> {
  return Object.fromEntries(Object.entries(names).map(([key, flag]) => [key, make(flag)]));
}
