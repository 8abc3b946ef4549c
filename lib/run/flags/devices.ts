import { posix } from 'node:path';
import { readDecimal } from '../../flags/integer.js';
import { cut } from '../../flags/key-value.js';
import { readSize } from '../../flags/size.js';
import { ValueError } from '../../text/flag-error.js';
import type { DeviceMapping, ThrottleDevice, WeightDevice } from './create-container-body.js';

const CDI_NAME = '[A-Za-z](?:[\\w.-]*[A-Za-z0-9])?';
const CDI_DEVICE = new RegExp(`^${CDI_NAME}/${CDI_NAME}=[A-Za-z0-9](?:[\\w.:-]*[A-Za-z0-9])?$`);

/** Whether a `--device` names a device of the Container Device Interface, `vendor/class=name`. */
export function isCdiDevice(text: string): boolean {
  return CDI_DEVICE.test(text);
}

/** `host[:container][:permissions]`, permissions being some of `r`, `w` and `m`. */
export function readDevice(text: string): DeviceMapping {
  const [host = '', second, third, ...more] = text.split(':');
  if (host === '' || more.length > 0) throw new ValueError(`bad format for path: ${text}`);
  if (second === undefined || (third === undefined && isPermissions(second))) {
    const path = posixClean(absolute(host));
    return { PathOnHost: path, PathInContainer: path, CgroupPermissions: second ?? 'rwm' };
  }
  if (third !== undefined && !isPermissions(third)) throw new ValueError(`bad mode specified: ${third}`);
  const inside = third === undefined ? posixClean(absolute(second)) : absolute(second);
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: third ?? 'rwm' };
}

function absolute(path: string): string {
  if (!path.startsWith('/')) throw new ValueError(`${path} is not an absolute path`);
  return path;
}

function isPermissions(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}

function posixClean(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

/** `type major:minor permissions`, such as `c 1:3 mr`. */
export function readDeviceCgroupRule(text: string): string {
  if (!/^[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}$/.test(text)) {
    throw new ValueError(`invalid device cgroup format '${text}'`);
  }
  return text;
}

/** `/dev/sda:500`: a weight between 10 and 1000, or 0. */
export function readWeightDevice(text: string): WeightDevice {
  const [path, amount] = splitDevice(text);
  const invalid = `invalid weight for device: ${text}`;
  const weight = orInvalid(invalid, () => readDecimal(amount, { bits: 16, signed: false }));
  if (weight > 0 && (weight < 10 || weight > 1000)) throw new ValueError(invalid);
  return { Path: path, Weight: weight };
}

/** `/dev/sda:1mb`: bytes per second. */
export function readBpsDevice(text: string): ThrottleDevice {
  const [path, amount] = splitDevice(text);
  const format = '<device-path>:<number>[<unit>]. Number must be a positive integer.';
  const units = 'Unit is optional and can be kb, mb, or gb';
  const invalid = `invalid rate for device: ${text}. The correct format is ${format} ${units}`;
  return { Path: path, Rate: orInvalid(invalid, () => readSize(amount)) };
}

/** `/dev/sda:1000`: operations per second. */
export function readIopsDevice(text: string): ThrottleDevice {
  const [path, amount] = splitDevice(text);
  const format = '<device-path>:<number>. Number must be a positive integer';
  const invalid = `invalid rate for device: ${text}. The correct format is ${format}`;
  return { Path: path, Rate: orInvalid(invalid, () => readDecimal(amount, { bits: 64, signed: false })) };
}

function splitDevice(text: string): [path: string, amount: string] {
  const [path, amount] = cut(text, ':');
  if (amount === undefined || path === '') throw new ValueError(`bad format: ${text}`);
  if (!path.startsWith('/dev/')) throw new ValueError(`bad format for device path: ${text}`);
  return [path, amount];
}

function orInvalid<T>(sentence: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new ValueError(sentence);
  }
}
