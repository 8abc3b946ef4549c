import { isHardwareAddress, readAddress, readExtraHost } from '../../flags/addresses.js';
import { readCpus } from '../../flags/container/cpus.js';
import { readMount } from '../../flags/container/mount.js';
import { readNetwork } from '../../flags/container/network.js';
import { readSearchDomain } from '../../flags/container/search-domain.js';
import { readDuration } from '../../flags/duration.js';
import { boolean, text, value } from '../../flags/flag-table.js';
import { int64, uint16, uint64 } from '../../flags/integer.js';
import { cut, readLabel, readVariable } from '../../flags/key-value.js';
import type { FlagSyntax, GivenFlags } from '../../flags/parse-flags.js';
import { readSize, readSwapSize } from '../../flags/size.js';
import { readUlimit } from '../../flags/ulimit.js';
import { ValueError } from '../../text/flag-error.js';
import { readBpsDevice, readDeviceCgroupRule, readIopsDevice, readWeightDevice } from './devices.js';
import { readGpus } from './gpus.js';

const table = {
  'add-host': value(readExtraHost),
  annotation: text(),
  attach: value(readStream, 'a'),
  'blkio-weight': value(uint16),
  'blkio-weight-device': value(readWeightDevice),
  'cap-add': text(),
  'cap-drop': text(),
  'cgroup-parent': text(),
  cgroupns: text(),
  cidfile: text(),
  'cpu-count': value(int64),
  'cpu-percent': value(int64),
  'cpu-period': value(int64),
  'cpu-quota': value(int64),
  'cpu-rt-period': value(int64),
  'cpu-rt-runtime': value(int64),
  'cpu-shares': value(int64, 'c'),
  cpus: value(readCpus),
  'cpuset-cpus': text(),
  'cpuset-mems': text(),
  detach: boolean('d'),
  'detach-keys': text(),
  device: text(),
  'device-cgroup-rule': value(readDeviceCgroupRule),
  'device-read-bps': value(readBpsDevice),
  'device-read-iops': value(readIopsDevice),
  'device-write-bps': value(readBpsDevice),
  'device-write-iops': value(readIopsDevice),
  'disable-content-trust': boolean(),
  dns: value(readAddress),
  'dns-option': text(),
  'dns-search': value(readSearchDomain),
  domainname: text(),
  entrypoint: text(),
  env: value(readVariable, 'e'),
  'env-file': text(),
  expose: text(),
  gpus: value(readGpus),
  'group-add': text(),
  'health-cmd': text(),
  'health-interval': value(readDuration),
  'health-retries': value(int64),
  'health-start-interval': value(readDuration),
  'health-start-period': value(readDuration),
  'health-timeout': value(readDuration),
  help: boolean(),
  hostname: text('h'),
  init: boolean(),
  interactive: boolean('i'),
  'io-maxbandwidth': value(readSize),
  'io-maxiops': value(uint64),
  ip: text(),
  ip6: text(),
  ipc: text(),
  isolation: text(),
  'kernel-memory': value(readSize),
  label: value(readLabel, 'l'),
  'label-file': text(),
  link: value(readLink),
  'link-local-ip': text(),
  'log-driver': text(),
  'log-opt': text(),
  'mac-address': text(),
  memory: value(readSize, 'm'),
  'memory-reservation': value(readSize),
  'memory-swap': value(readSwapSize),
  'memory-swappiness': value(int64),
  mount: value(readMount),
  name: text(),
  network: value(readNetwork),
  'network-alias': text(),
  'no-healthcheck': boolean(),
  'oom-kill-disable': boolean(),
  'oom-score-adj': value(int64),
  pid: text(),
  'pids-limit': value(int64),
  platform: text(),
  privileged: boolean(),
  publish: text('p'),
  'publish-all': boolean('P'),
  pull: text(),
  quiet: boolean('q'),
  'read-only': boolean(),
  restart: text(),
  rm: boolean(),
  runtime: text(),
  'security-opt': text(),
  'shm-size': value(readSize),
  'sig-proxy': boolean(),
  'stop-signal': text(),
  'stop-timeout': value(int64),
  'storage-opt': text(),
  sysctl: value(readSysctl),
  tmpfs: text(),
  tty: boolean('t'),
  ulimit: value(readUlimit),
  'use-api-socket': boolean(),
  user: text('u'),
  userns: text(),
  uts: text(),
  volume: text('v'),
  'volume-driver': text(),
  'volumes-from': text(),
  workdir: text('w'),
} as const;

export type RunFlagTable = typeof table;
/** The flags of one `docker run`. */
export type RunFlags = GivenFlags<RunFlagTable>;

/** Every flag of `docker run` of CLI 28.2, the hidden ones too. Values that need more than themselves are read later. */
export const runSyntax: FlagSyntax<RunFlagTable> = {
  flags: table,
  aliases: { net: 'network', 'net-alias': 'network-alias', 'dns-opt': 'dns-option' },
  interspersed: false,
};

function readStream(text: string): string {
  const stream = text.toLowerCase();
  if (!/^std(in|out|err)$/.test(stream)) throw new ValueError('valid streams are STDIN, STDOUT and STDERR');
  return stream;
}

function readLink(text: string): string {
  if (text === '') throw new ValueError('empty string specified for links');
  if (text.split(':').length > 2) throw new ValueError(`bad format for links: ${text}`);
  return text;
}

const SYSCTLS =
  /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$|net\.|fs\.mqueue\.)/;

function readSysctl(text: string): string {
  const [key, setting] = cut(text, '=');
  if (setting === undefined || !SYSCTLS.test(key)) throw new ValueError(`sysctl '${text}' is not allowed`);
  return text;
}

/** Checks a hardware address, which docker sends as it was written. */
export function checkHardwareAddress(text: string): void {
  if (!isHardwareAddress(text.trim())) throw new ValueError(`${text} is not a valid mac address`);
}
