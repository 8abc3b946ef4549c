import { checked } from '../../flags/container/checked-words.js';
import type { Host } from '../../flags/container/host.js';
import { readKeyValueFiles } from '../../flags/container/key-value-file.js';
import { readExpose, readPublish } from '../../flags/container/ports.js';
import { cut, toMap } from '../../flags/key-value.js';
import { proxyVariables } from '../../flags/proxies.js';
import { FlagError } from '../../text/flag-error.js';
import type { CreateContainerBody, Empty } from './create-container-body.js';
import { readHealthCheck } from './health-check.js';
import { checkHardwareAddress, type RunFlags } from './run-flags.js';
import { readVolume } from './volume.js';

export type ContainerConfig = Omit<CreateContainerBody, 'HostConfig' | 'NetworkingConfig'>;

/** The part of the request that an image could hold too: what runs, as whom, with which variables. */
export function readContainerConfig(
  flags: RunFlags,
  image: string,
  command: readonly string[],
  { host, endpoint }: { host: Host; endpoint: string | undefined },
): ContainerConfig {
  const text = (flag: 'hostname' | 'domainname' | 'user' | 'workdir') => flags.last(flag) ?? '';
  const mac = flags.last('mac-address');
  if (mac) checked(flags.word('mac-address'), () => checkHardwareAddress(mac));
  const healthCheck = readHealthCheck(flags);
  const stopTimeout = flags.last('stop-timeout');
  const interactive = flags.last('interactive') ?? false;
  const ports = exposedPorts(flags);
  const entrypoint = flags.last('entrypoint');
  return {
    Hostname: text('hostname'),
    Domainname: text('domainname'),
    User: text('user'),
    ...attachedStreams(flags),
    ...(Object.keys(ports).length > 0 && { ExposedPorts: ports }),
    Tty: flags.last('tty') ?? false,
    OpenStdin: interactive,
    StdinOnce: interactive && !flags.last('detach'),
    Env: readEnvironment(flags, host),
    Cmd: command.length > 0 ? [...command] : null,
    ...(healthCheck && { Healthcheck: healthCheck }),
    Image: image,
    Volumes: anonymousVolumes(flags, endpoint),
    WorkingDir: text('workdir'),
    Entrypoint: entrypoint === undefined ? null : [entrypoint],
    OnBuild: null,
    Labels: readLabels(flags, host),
    ...(flags.last('stop-signal') && { StopSignal: flags.last('stop-signal') }),
    ...(stopTimeout !== undefined && { StopTimeout: stopTimeout }),
  };
}

function attachedStreams(flags: RunFlags) {
  const named = flags.values('attach');
  const all = named.length === 0;
  const detach = flags.last('detach') ?? false;
  if (detach && !all) {
    const sentence = 'conflicting options: cannot specify both --attach and --detach';
    throw new FlagError('CONFLICTING_FLAGS', sentence, flags.word('attach'));
  }
  return {
    AttachStdin: !detach && (named.includes('stdin') || (flags.last('interactive') ?? false)),
    AttachStdout: !detach && (all || named.includes('stdout')),
    AttachStderr: !detach && (all || named.includes('stderr')),
  };
}

function exposedPorts(flags: RunFlags): Record<string, Empty> {
  const published = flags
    .all('publish')
    .flatMap(({ value, word }) => checked(word, () => readPublish(value)));
  const exposed = flags.all('expose').flatMap(({ value, word }) => checked(word, () => readExpose(value)));
  return Object.fromEntries([...published.map(({ port }) => port), ...exposed].map((port) => [port, {}]));
}

function anonymousVolumes(flags: RunFlags, endpoint: string | undefined): Record<string, Empty> {
  const anonymous = flags
    .all('volume')
    .filter(({ value, word }) => checked(word, () => readVolume(value, endpoint)).source === '');
  return Object.fromEntries(anonymous.map(({ value }) => [value, {}]));
}

/** Variables of files first, so that `-e` wins; of two `-e` of one name the later one stays. */
function readEnvironment(flags: RunFlags, host: Host): string[] | null {
  const fromFiles = readKeyValueFiles(flags.all('env-file'), host, (name) => host.environment[name]);
  const given = new Map(
    flags.values('env').map((variable) => {
      const [name, value = host.environment[name]] = cut(variable, '=');
      return [name, value] as const;
    }),
  );
  const variables = [...given, ...proxyVariables(host.proxies, (name) => given.has(name))];
  const all = [
    ...fromFiles,
    ...variables.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)),
  ];
  return all.length > 0 ? all : null;
}

function readLabels(flags: RunFlags, host: Host): Record<string, string> {
  return toMap([
    ...readKeyValueFiles(flags.all('label-file'), host, () => undefined),
    ...flags.values('label'),
  ]);
}
