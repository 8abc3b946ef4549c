import { isRecord } from '../../../text/record.js';
import { convertAll, type Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import type { Target } from '../target.js';
import { listOf, only, scalar } from '../values.js';

/** Settings of a deployment, for `deploy` and for runs. */
export const deploy: Converter = (value, to) => {
  if (!isRecord(value)) throw new NotCarried('is not of a form that compose has for it');
  convertAll(Object.entries(value), to, PARTS);
};

const PARTS: Readonly<Record<string, Converter>> = {
  mode: (value, to) => {
    if (value === 'global') to.add('replicas', 'global');
    else if (value !== 'replicated') throw new NotCarried('has no counterpart');
  },
  replicas: (value, to) => to.add('replicas', to.word(value)),
  placement: (value, to) => {
    const { constraints } = only(value, ['constraints']);
    to.each(constraints, (item, target) =>
      target.add('constraints', target.word(scalar(item).split(/\s+/).join(''))),
    );
  },
  update_config: (value, to) => {
    const names = ['parallelism', 'delay', 'order', 'failure_action', 'monitor', 'max_failure_ratio'];
    for (const [name, setting] of Object.entries(only(value, names)))
      to.add('update', `${name.replaceAll('_', '-')}=${to.word(setting)}`);
  },
  resources: (value, to) => {
    const { limits, reservations } = only(value, ['limits', 'reservations']);
    to.at('limits').attempt((target) => limitsOf(limits ?? {}, target));
    to.at('reservations').attempt((target) => reservationsOf(reservations ?? {}, target));
  },
};

function limitsOf(value: unknown, to: Target): void {
  const { cpus, memory, pids } = only(value, ['cpus', 'memory', 'pids']);
  if (cpus !== undefined) to.flag('cpus', cpus);
  if (memory !== undefined) to.flag('memory', memory);
  if (pids !== undefined) to.flag('pids-limit', pids);
}

function reservationsOf(value: unknown, to: Target): void {
  const { cpus, memory, devices } = only(value, ['cpus', 'memory', 'devices']);
  if (cpus !== undefined) to.add('reserve', `cpus=${to.word(cpus)}`);
  if (memory !== undefined) to.add('reserve', `memory=${to.word(memory)}`);
  to.at('devices').each(devices, (item, target) => target.add('gpu', '--gpus', gpusOf(item)));
}

function gpusOf(value: unknown): string {
  const {
    capabilities,
    count,
    device_ids: ids,
  } = only(value, ['driver', 'capabilities', 'count', 'device_ids']);
  if (!listOf(capabilities).includes('gpu')) throw new NotCarried('is no GPU');
  if (ids !== undefined) return `"device=${listOf(ids).map(scalar).join(',')}"`;
  return count === undefined ? 'all' : scalar(count);
}
