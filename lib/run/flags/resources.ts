import { checked } from '../../flags/container/checked-words.js';
import { mergeUlimits } from '../../flags/ulimit.js';
import { FlagError } from '../../text/flag-error.js';
import { isAtLeast } from '../../text/is-at-least.js';
import type { DeviceMapping, DeviceRequest, Resources } from './create-container-body.js';
import { isCdiDevice, readDevice } from './devices.js';
import type { RunFlags } from './run-flags.js';

/** Limits of processor, memory and devices. */
export function readResources(flags: RunFlags, apiVersion: string): Resources {
  const amount = (flag: Amount) => flags.last(flag) ?? 0;
  const text = (flag: Text) => flags.last(flag) ?? '';
  const kernelMemory = flags.last('kernel-memory');
  return {
    CpuShares: amount('cpu-shares'),
    Memory: amount('memory'),
    NanoCpus: amount('cpus'),
    CgroupParent: text('cgroup-parent'),
    BlkioWeight: amount('blkio-weight'),
    BlkioWeightDevice: flags.values('blkio-weight-device'),
    BlkioDeviceReadBps: flags.values('device-read-bps'),
    BlkioDeviceWriteBps: flags.values('device-write-bps'),
    BlkioDeviceReadIOps: flags.values('device-read-iops'),
    BlkioDeviceWriteIOps: flags.values('device-write-iops'),
    CpuPeriod: amount('cpu-period'),
    CpuQuota: amount('cpu-quota'),
    CpuRealtimePeriod: amount('cpu-rt-period'),
    CpuRealtimeRuntime: amount('cpu-rt-runtime'),
    CpusetCpus: text('cpuset-cpus'),
    CpusetMems: text('cpuset-mems'),
    Devices: readDevices(flags),
    DeviceCgroupRules: flags.has('device-cgroup-rule') ? flags.values('device-cgroup-rule') : null,
    DeviceRequests: readDeviceRequests(flags),
    ...(kernelMemory && !isAtLeast(apiVersion, '1.42') && { KernelMemory: kernelMemory }),
    MemoryReservation: amount('memory-reservation'),
    MemorySwap: amount('memory-swap'),
    MemorySwappiness: readSwappiness(flags),
    OomKillDisable: flags.last('oom-kill-disable') ?? false,
    PidsLimit: amount('pids-limit'),
    Ulimits: mergeUlimits(flags.values('ulimit')),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
  };
}

type Amount =
  | 'cpu-shares'
  | 'memory'
  | 'cpus'
  | 'blkio-weight'
  | 'cpu-period'
  | 'cpu-quota'
  | 'cpu-rt-period'
  | 'cpu-rt-runtime'
  | 'memory-reservation'
  | 'memory-swap'
  | 'pids-limit';

type Text = 'cgroup-parent' | 'cpuset-cpus' | 'cpuset-mems';

function readDevices(flags: RunFlags): DeviceMapping[] {
  return flags
    .all('device')
    .filter(({ value }) => !isCdiDevice(value))
    .map(({ value, word }) => checked(word, () => readDevice(value)));
}

function readDeviceRequests(flags: RunFlags): DeviceRequest[] | null {
  const names = flags.values('device').filter(isCdiDevice);
  const cdi: DeviceRequest = { Driver: 'cdi', Count: 0, DeviceIDs: names, Capabilities: null, Options: null };
  const requests = [...flags.values('gpus'), ...(names.length > 0 ? [cdi] : [])];
  return requests.length > 0 ? requests : null;
}

function readSwappiness(flags: RunFlags): number {
  const swappiness = flags.last('memory-swappiness') ?? -1;
  if (swappiness < -1 || swappiness > 100) {
    const sentence = `invalid value: ${swappiness}. Valid memory swappiness range is 0-100`;
    throw new FlagError('BAD_VALUE', sentence, flags.word('memory-swappiness'));
  }
  return swappiness;
}
