import { isAbsolute } from 'node:path';
import { ValueError } from '../../text/flag-error.js';
import { isRecord } from '../../text/record.js';
import { readCsv } from '../csv.js';
import { readBoolean } from '../flag-table.js';
import { cut, setEntry } from '../key-value.js';
import { readSize } from '../size.js';

/** A mount as the Engine API takes it, for containers and services alike. */
export interface Mount {
  /** `bind`, `volume`, `tmpfs`, `image`, `npipe`, `cluster`. */
  Type?: string;
  Source?: string;
  Target?: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: {
    Propagation?: string;
    NonRecursive?: boolean;
    ReadOnlyNonRecursive?: boolean;
    ReadOnlyForceRecursive?: boolean;
  };
  VolumeOptions?: {
    NoCopy?: boolean;
    Labels?: Record<string, string>;
    Subpath?: string;
    DriverConfig?: { Name?: string; Options?: Record<string, string> };
  };
  ImageOptions?: { Subpath?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

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

type SetOption = (mount: Mount, value: string, key: string) => void;

const setSource: SetOption = (mount, value) => void (mount.Source = value);
const setTarget: SetOption = (mount, value) => void (mount.Target = value);
const setReadOnly: SetOption = (mount, value, key) => {
  mount.ReadOnly = orInvalid(key, value, readBoolean);
};

const OPTIONS = new Map<string, SetOption>([
  ['type', (mount, value) => void (mount.Type = value.toLowerCase())],
  ['source', setSource],
  ['src', setSource],
  ['target', setTarget],
  ['dst', setTarget],
  ['destination', setTarget],
  ['readonly', setReadOnly],
  ['ro', setReadOnly],
  ['consistency', (mount, value) => void (mount.Consistency = value.toLowerCase())],
  ['bind-propagation', (mount, value) => void (bindOptions(mount).Propagation = value.toLowerCase())],
  [
    'bind-nonrecursive',
    (mount, value, key) => void (bindOptions(mount).NonRecursive = orInvalid(key, value, readBoolean)),
  ],
  ['bind-recursive', setRecursion],
  ['volume-subpath', (mount, value) => void (volumeOptions(mount).Subpath = value)],
  [
    'volume-nocopy',
    (mount, value, key) => void (volumeOptions(mount).NoCopy = orInvalid(key, value, readBoolean)),
  ],
  ['volume-label', (mount, value) => setPair(volumeOptions(mount).Labels, value)],
  ['volume-driver', (mount, value) => void (volumeOptions(mount).DriverConfig.Name = value)],
  ['volume-opt', (mount, value) => setPair((volumeOptions(mount).DriverConfig.Options ??= {}), value)],
  ['image-subpath', (mount, value) => void ((mount.ImageOptions ??= {}).Subpath = value)],
  [
    'tmpfs-size',
    (mount, value, key) => void ((mount.TmpfsOptions ??= {}).SizeBytes = orInvalid(key, value, readSize)),
  ],
  [
    'tmpfs-mode',
    (mount, value, key) => void ((mount.TmpfsOptions ??= {}).Mode = orInvalid(key, value, readMode)),
  ],
]);

function setOption(mount: Mount, key: string, value: string, field: string): void {
  const set = OPTIONS.get(key);
  if (!set) throw new ValueError(`unexpected key '${key}' in '${field}'`);
  set(mount, value, key);
}

function setRecursion(mount: Mount, value: string, key: string): void {
  if (!Object.hasOwn(RECURSION, value)) {
    const known = '(must be "enabled", "disabled", "writable", or "readonly")';
    throw new ValueError(`invalid value for ${key}: ${value} ${known}`);
  }
  if (value !== 'enabled') Object.assign(bindOptions(mount), RECURSION[value]);
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
  checkRecursion(mount, mount.BindOptions ?? {});
}

function checkRecursion(mount: Mount, bind: BindOptions): void {
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
    if (key === 'Labels' || key === 'Options') return isRecord(item) && Object.keys(item).length > 0;
    return item !== false && item !== 0 && item !== '';
  });
  return Object.fromEntries(
    kept.map(([key, item]: [string, unknown]) => {
      const isGroup = key !== 'Options' && (key.endsWith('Options') || key === 'DriverConfig');
      return [key, isGroup && isRecord(item) ? prune(item) : item];
    }),
  ) as T;
}
