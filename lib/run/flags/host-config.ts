import { resolve } from 'node:path';
import { checked } from '../../flags/container/checked-words.js';
import { type Host, readNamedFile } from '../../flags/container/host.js';
import { resolveSource } from '../../flags/container/mount.js';
import { readPublish } from '../../flags/container/ports.js';
import { readDecimal } from '../../flags/integer.js';
import { cut, toMap } from '../../flags/key-value.js';
import { FlagError, ValueError } from '../../text/flag-error.js';
import type { HostConfig, Mount, PortBinding, RestartPolicy } from './create-container-body.js';
import { readResources } from './resources.js';
import type { RunFlags, RunFlagTable } from './run-flags.js';
import { collectSecurityOptions, readSecurityOption } from './security-options.js';
import { readVolume, toBind } from './volume.js';

type ListFlag = {
  [N in keyof RunFlagTable]: ReturnType<RunFlagTable[N]['read']> extends string ? N : never;
}[keyof RunFlagTable];

/** What the request takes from the engine that it is for. */
export interface EngineSide {
  apiVersion: string;
  endpoint: string | undefined;
  consoleSize: [number, number];
}

/** The part of the request that depends on the engine's machine: mounts, ports, limits, privileges. */
export function readHostConfig(flags: RunFlags, host: Host, engine: EngineSide): HostConfig {
  const list = (flag: ListFlag): string[] | null => (flags.has(flag) ? flags.values(flag) : null);
  const optional = <K extends string, V>(key: K, value: V | undefined) =>
    (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
  const fromHere = (path: string) => resolve(host.directory, path);
  const mounts = [
    ...flags.values('mount').map((mount) => resolveSource(mount, fromHere)),
    ...apiSocketMounts(flags, engine.endpoint),
  ];
  const security = readSecurity(flags, host);
  return {
    Binds: readBinds(flags, fromHere, engine.endpoint),
    ContainerIDFile: flags.last('cidfile') ?? '',
    LogConfig: readLogging(flags),
    NetworkMode: flags.values('network')[0]?.target ?? 'default',
    PortBindings: readPortBindings(flags),
    RestartPolicy: readRestartPolicy(flags),
    AutoRemove: flags.last('rm') ?? false,
    VolumeDriver: flags.last('volume-driver') ?? '',
    VolumesFrom: list('volumes-from'),
    ConsoleSize: engine.consoleSize,
    ...optional('Annotations', mapOf(flags.values('annotation'))),
    CapAdd: capabilities(flags.values('cap-add')),
    CapDrop: capabilities(flags.values('cap-drop')),
    CgroupnsMode: readMode(flags, 'cgroupns', 'CGROUP', /^(|private|host)$/),
    Dns: flags.values('dns'),
    DnsOptions: flags.values('dns-option'),
    DnsSearch: flags.values('dns-search'),
    ExtraHosts: list('add-host'),
    GroupAdd: list('group-add'),
    IpcMode: flags.last('ipc') ?? '',
    Cgroup: '',
    Links: list('link'),
    OomScoreAdj: flags.last('oom-score-adj') ?? 0,
    PidMode: readMode(flags, 'pid', 'PID', /^(|host|container:.+)$/s),
    Privileged: flags.last('privileged') ?? false,
    PublishAllPorts: flags.last('publish-all') ?? false,
    ReadonlyRootfs: flags.last('read-only') ?? false,
    SecurityOpt: security.options,
    ...optional('StorageOpt', readStorageOptions(flags)),
    ...optional('Tmpfs', readTmpfs(flags)),
    UTSMode: readMode(flags, 'uts', 'UTS', /^(|host)$/),
    UsernsMode: readMode(flags, 'userns', 'USER', /^(|host)$/),
    ShmSize: flags.last('shm-size') ?? 0,
    ...optional('Sysctls', mapOf(flags.values('sysctl'))),
    ...optional('Runtime', flags.last('runtime') || undefined),
    Isolation: flags.last('isolation') ?? '',
    ...readResources(flags, engine.apiVersion),
    ...(mounts.length > 0 && { Mounts: mounts }),
    MaskedPaths: security.maskedPaths,
    ReadonlyPaths: security.maskedPaths,
    ...optional('Init', flags.last('init')),
  };
}

/** The map of `KEY=value` texts; undefined, and so left out of the request, where there is none. */
function mapOf(pairs: readonly string[]): Record<string, string> | undefined {
  return pairs.length > 0 ? toMap(pairs) : undefined;
}

/** Paths with the options of their mounts. */
function readTmpfs(flags: RunFlags): Record<string, string> | undefined {
  const mounts = flags.values('tmpfs').map((text) => cut(text, ':'));
  return mounts.length > 0
    ? Object.fromEntries(mounts.map(([path, options = '']) => [path, options]))
    : undefined;
}

function readBinds(
  flags: RunFlags,
  fromHere: (path: string) => string,
  endpoint: string | undefined,
): string[] | null {
  const binds = flags.all('volume').flatMap(({ value, word }) => {
    return checked(word, () => {
      const volume = readVolume(value, endpoint);
      return volume.source === '' ? [] : [toBind(value, volume, fromHere, endpoint)];
    });
  });
  return binds.length > 0 ? [...new Set(binds)] : null;
}

function apiSocketMounts(flags: RunFlags, endpoint: string | undefined): Mount[] {
  if (!flags.last('use-api-socket')) return [];
  if (!endpoint?.startsWith('unix://')) {
    const where = `docker endpoint ${endpoint ?? 'unknown'} incompatible`;
    const sentence = `flag --use-api-socket can only be used with unix sockets: ${where}`;
    throw new FlagError('UNSUPPORTED_FLAG', sentence, flags.word('use-api-socket'));
  }
  const source = endpoint.slice('unix://'.length);
  return [{ Type: 'bind', Source: source, Target: '/var/run/docker.sock', BindOptions: {} }];
}

function readPortBindings(flags: RunFlags): Record<string, PortBinding[]> {
  const bindings: Record<string, PortBinding[]> = {};
  for (const { value, word } of flags.all('publish')) {
    for (const { port, binding } of checked(word, () => readPublish(value))) {
      (bindings[port] ??= []).push(binding);
    }
  }
  return bindings;
}

function readLogging(flags: RunFlags): HostConfig['LogConfig'] {
  const driver = flags.last('log-driver') ?? '';
  if (driver === 'none' && flags.has('log-opt')) {
    throw new FlagError(
      'CONFLICTING_FLAGS',
      `invalid logging opts for driver ${driver}`,
      flags.word('log-opt'),
    );
  }
  return { Type: driver, Config: toMap(flags.values('log-opt')) };
}

function readRestartPolicy(flags: RunFlags): RestartPolicy {
  const text = flags.last('restart') ?? 'no';
  const policy = checked(flags.word('restart'), () => parsePolicy(text));
  if (flags.last('rm') && policy.Name !== 'no' && policy.Name !== '') {
    const sentence = 'conflicting options: cannot specify both --restart and --rm';
    throw new FlagError('CONFLICTING_FLAGS', sentence, flags.word('restart'));
  }
  return policy;
}

function parsePolicy(text: string): RestartPolicy {
  const [name, count] = cut(text, ':');
  const invalid = 'invalid restart policy format:';
  if (count !== undefined && name === '') throw new ValueError(`${invalid} no policy provided before colon`);
  if (!count) return { Name: name, MaximumRetryCount: 0 };
  try {
    return { Name: name, MaximumRetryCount: readDecimal(count, { bits: 64, signed: true }) };
  } catch {
    throw new ValueError(`${invalid} maximum retry count must be an integer`);
  }
}

/** Capabilities by their full names, each once, sorted. */
function capabilities(names: readonly string[]): string[] | null {
  if (names.length === 0) return null;
  const full = names
    .map((name) => name.toUpperCase())
    .map((name) => (name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`));
  return [...new Set(full)].sort();
}

function readMode(
  flags: RunFlags,
  flag: 'pid' | 'uts' | 'userns' | 'cgroupns',
  what: string,
  valid: RegExp,
): string {
  const mode = flags.last(flag) ?? '';
  if (!valid.test(mode))
    throw new FlagError('BAD_VALUE', `--${flag}: invalid ${what} mode`, flags.word(flag));
  return mode;
}

function readStorageOptions(flags: RunFlags): Record<string, string> | undefined {
  for (const { value, word } of flags.all('storage-opt')) {
    if (!value.includes('=')) throw new FlagError('BAD_VALUE', 'invalid storage option', word);
  }
  return mapOf(flags.values('storage-opt'));
}

function readSecurity(flags: RunFlags, host: Host) {
  const readProfile = (path: string) => Buffer.from(readNamedFile(host, path)).toString('utf8');
  const given = flags
    .all('security-opt')
    .map(({ value, word }) => checked(word, () => readSecurityOption(value, readProfile)));
  return collectSecurityOptions(given);
}
