import { isAbsolute } from 'node:path';
import { readCsv } from '../../flags/csv.js';
import { readBoolean } from '../../flags/flag-table.js';
import { cut, setEntry } from '../../flags/key-value.js';
import { readSize } from '../../flags/size.js';
import { ValueError } from '../../text/flag-error.js';
import type { Mount } from './create-container-body.js';

type BindOptions = NonNullable<Mount['BindOptions']>;
type VolumeOptions = NonNullable<Mount['VolumeOptions']> & {
  DriverConfig: NonNullable<NonNullable<Mount['VolumeOptions']>['DriverConfig']>;
  Labels: Record<string, string>;
};

/**
 * A `--mount` value: `type=bind,source=…,target=…,readonly,bind-propagation=…`. A source that begins with a dot is
 * left relative here: see {@link resolveSource}.
 */
export function readMount(text: string): Mount {
  const mount: Mount = { Type: 'volume' };
  for (const field of readCsv(text)) {
    const [spelled, value] = cut(field, '=');
    const key = spelled.toLowerCase();
    if (value !== undefined) setOption(mount, key, value, field);
    else if (!setSwitch(mount, key))
      throw new ValueError(`invalid field '${field}' must be a key=value pair`);
  }
  check(mount);
  return prune(mount);
}

/** The mount with the absolute path of a source that begins with a dot. */
export function resolveSource(mount: Mount, resolve: (path: string) => string): Mount {
  const source = mount.Source;
  return source?.startsWith('.') && !isAbsolute(source) ? { ...mount, Source: resolve(source) } : mount;
}

function setSwitch(mount: Mount, key: string): boolean {
  if (key === 'readonly' || key === 'ro') mount.ReadOnly = true;
  else if (key === 'volume-nocopy') volumeOptions(mount).NoCopy = true;
  else if (key === 'bind-nonrecursive') bindOptions(mount).NonRecursive = true;
  else return false;
  return true;
}

const RECURSION: Readonly<Record<string, Partial<BindOptions>>> = {
  enabled: {},
  disabled: { NonRecursive: true },
  writable: { ReadOnlyNonRecursive: true },
  readonly: { ReadOnlyForceRecursive: true },
};

function setOption(mount: Mount, key: string, value: string, field: string): void {
  switch (key) {
    case 'type':
      mount.Type = value.toLowerCase();
      break;
    case 'source':
    case 'src':
      mount.Source = value;
      break;
    case 'target':
    case 'dst':
    case 'destination':
      mount.Target = value;
      break;
    case 'readonly':
    case 'ro':
      mount.ReadOnly = orInvalid(key, value, readBoolean);
      break;
    case 'consistency':
      mount.Consistency = value.toLowerCase();
      break;
    case 'bind-propagation':
      bindOptions(mount).Propagation = value.toLowerCase();
      break;
    case 'bind-nonrecursive':
      bindOptions(mount).NonRecursive = orInvalid(key, value, readBoolean);
      break;
    case 'bind-recursive': {
      if (!Object.hasOwn(RECURSION, value)) {
        const known = '(must be "enabled", "disabled", "writable", or "readonly")';
        throw new ValueError(`invalid value for ${key}: ${value} ${known}`);
      }
      if (value !== 'enabled') Object.assign(bindOptions(mount), RECURSION[value]);
      break;
    }
    case 'volume-subpath':
      volumeOptions(mount).Subpath = value;
      break;
    case 'volume-nocopy':
      volumeOptions(mount).NoCopy = orInvalid(key, value, readBoolean);
      break;
    case 'volume-label':
      setPair(volumeOptions(mount).Labels, value);
      break;
    case 'volume-driver':
      volumeOptions(mount).DriverConfig.Name = value;
      break;
    case 'volume-opt':
      setPair((volumeOptions(mount).DriverConfig.Options ??= {}), value);
      break;
    case 'image-subpath':
      (mount.ImageOptions ??= {}).Subpath = value;
      break;
    case 'tmpfs-size':
      (mount.TmpfsOptions ??= {}).SizeBytes = orInvalid(key, value, readSize);
      break;
    case 'tmpfs-mode':
      (mount.TmpfsOptions ??= {}).Mode = orInvalid(key, value, readMode);
      break;
    default:
      throw new ValueError(`unexpected key '${key}' in '${field}'`);
  }
}

function bindOptions(mount: Mount): BindOptions {
  return (mount.BindOptions ??= {});
}

function volumeOptions(mount: Mount): VolumeOptions {
  return (mount.VolumeOptions ??= { Labels: {}, DriverConfig: {} }) as VolumeOptions;
}

function setPair(target: Record<string, string>, pair: string): void {
  const [key, value = ''] = cut(pair, '=');
  if (key !== '') setEntry(target, key, value);
}

function orInvalid<T>(key: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch {
    throw new ValueError(`invalid value for ${key}: ${text}`);
  }
}

function readMode(text: string): number {
  if (!/^[0-7]+$/.test(text)) throw new ValueError('invalid syntax');
  const mode = parseInt(text, 8);
  if (mode >= 2 ** 32) throw new ValueError('value out of range');
  return mode;
}

function check(mount: Mount): void {
  if (!mount.Type) throw new ValueError('type is required');
  if (!mount.Target) throw new ValueError('target is required');
  const mixed: [keyof Mount, string][] = [
    ['VolumeOptions', 'volume'],
    ['ImageOptions', 'image'],
    ['BindOptions', 'bind'],
    ['TmpfsOptions', 'tmpfs'],
  ];
  for (const [options, type] of mixed) {
    if (mount[options] && mount.Type !== type) {
      throw new ValueError(`cannot mix '${type}-*' options with mount type '${mount.Type}'`);
    }
  }
  const bind = mount.BindOptions ?? {};
  const needs = (mode: string, what: string) =>
    new ValueError(`option 'bind-recursive=${mode}' requires '${what}' to be specified in conjunction`);
  if (bind.ReadOnlyNonRecursive && !mount.ReadOnly) throw needs('writable', 'readonly');
  if (bind.ReadOnlyForceRecursive && !mount.ReadOnly) throw needs('readonly', 'readonly');
  if (bind.ReadOnlyForceRecursive && bind.Propagation !== 'rprivate') {
    throw needs('readonly', 'bind-propagation=rprivate');
  }
}

/** Leaves out what says nothing, as the request does: false, 0, empty texts and empty maps, but not option groups. */
function prune<T extends object>(value: T): T {
  const kept = Object.entries(value).filter(([key, item]: [string, unknown]) => {
    if (key === 'Labels' || key === 'Options') return Object.keys(item as object).length > 0;
    return item !== false && item !== 0 && item !== '';
  });
  return Object.fromEntries(
    kept.map(([key, item]: [string, unknown]) => {
      const group = key.endsWith('Options') || key === 'DriverConfig';
      return [key, group && key !== 'Options' ? prune(item as object) : item];
    }),
  ) as T;
}
