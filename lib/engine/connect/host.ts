import { isIPv6 } from 'node:net';
import { UserError } from '../../text/user-error.js';

/** Where an engine listens that is everybody's, on its own machine. */
export const DEFAULT_SOCKET_PATH = '/var/run/docker.sock';

const DEFAULT_SOCKET: EngineTarget = { kind: 'unix', path: DEFAULT_SOCKET_PATH };
const DEFAULT_PIPE: EngineTarget = { kind: 'npipe', path: '//./pipe/docker_engine' };
const DEFAULT_PORT = 2375;

/** The engine's address where nobody names one: the docker CLI's own default of this platform. */
export const DEFAULT_HOST = process.platform === 'win32' ? DEFAULT_PIPE : DEFAULT_SOCKET;

/** Where an engine listens, and what carries connections there. */
export type EngineTarget =
  { kind: 'unix' | 'npipe'; path: string } | TcpTarget | ({ kind: 'ssh' } & SshTarget) | NodeTarget;

/** How to reach an engine, and who said so. */
export interface EngineAddress {
  target: EngineTarget;
  /** The same as a URL: `unix:///run/docker.sock`, `tcp://host:2376`, `ssh://user@host:22`; always with its scheme. */
  url: string;
  /** Who named it, for messages: `DOCKER_HOST`, `docker context "prod"`, `--host`, `the default socket`. */
  origin: string;
  /** The docker context that names it. */
  context?: string;
  /** True where the engine cannot see this machine's files: everything but unix sockets. */
  remote: boolean;
  /** TLS material (PEM text) of a `tcp://` address. */
  tls?: { ca?: string; cert?: string; key?: string; verify: boolean };
  /** Flags that make the docker CLI reach the same engine, empty where it does so by itself: `['-H', url]`. */
  cliFlags: readonly string[];
}

/** What a `tcp://` address holds. */
export interface TcpTarget {
  kind: 'tcp';
  /** A name or an address (IPv6 without brackets). */
  host: string;
  port: number;
  /** The path behind which a proxy offers the engine; empty where the address has none. */
  path: string;
}

/** What a `ctr://` address holds: a machine that runs containers with containerd alone, reached over ssh. */
export interface NodeTarget extends SshTarget {
  kind: 'ctr';
  /** containerd's own: what the kubelet runs stands in `k8s.io`. */
  namespace: string;
}

/** What an `ssh://` address holds. */
export interface SshTarget {
  user?: string;
  /** A name, an address (IPv6 without brackets) or an alias of ssh_config. */
  host: string;
  port?: number;
  /** The machine through which it is reached, whatever ssh_config says. */
  jump?: SshTarget;
  /** The engine's socket on that machine, where it is not the one that docker finds there by itself. */
  socketPath?: string;
}

/**
 * Reads the text of DOCKER_HOST by the docker CLI's rules: no scheme means `tcp://`, the port defaults to 2375, the host
 * to localhost, a socket's path to the default socket.
 *
 * @param origin who said so, for the message, such as `DOCKER_HOST`
 * @throws {UserError} `BAD_ENGINE_ADDRESS`
 */
export function parseHost(text: string, origin: string): EngineTarget {
  const trimmed = text.trim();
  if (trimmed === '') return DEFAULT_HOST;
  const [, scheme = 'tcp', rest = ''] = /^(?:([^:/]*):\/\/)?(.*)$/s.exec(trimmed) ?? [];
  switch (scheme) {
    case 'unix':
      return rest === '' ? DEFAULT_SOCKET : { kind: scheme, path: rest };
    case 'npipe':
      return rest === '' ? DEFAULT_PIPE : { kind: scheme, path: rest };
    case 'tcp':
      return parseTcp(rest) ?? fail(text, origin, 'expected tcp://host:port');
    case 'ssh':
      return { kind: 'ssh', ...parseSshUrl(trimmed, origin) };
    default:
      return fail(text, origin, whyNoAddress(scheme));
  }
}

/**
 * Takes an `ssh://[user@]host[:port][/path/of/socket]` apart, or the same without its scheme.
 *
 * @throws {UserError} `BAD_ENGINE_ADDRESS`
 */
export function parseSshUrl(text: string, origin: string): SshTarget {
  // A user of a directory has an @ in the name.
  const match = /^(?:ssh:\/\/)?(?:([^/]*)@)?(\[[^\]]*\]|[^/@]*?)(?::(\d+))?(\/.*)?$/s.exec(text.trim());
  const [, login, bracketed = '', port, path] = match ?? [];
  if (isIPv6(text.trim())) return { host: text.trim() };
  if (login?.includes(':')) {
    // The text is not repeated: it holds the password.
    throw new UserError(
      'BAD_ENGINE_ADDRESS',
      `The ssh address in ${origin} holds a password: remove it and use a key or an agent.`,
    );
  }
  const [authority = ''] = text
    .trim()
    .replace(/^ssh:\/\//, '')
    .split('/');
  const bare = authority.slice(authority.lastIndexOf('@') + 1);
  if (isIPv6(bare)) return fail(text, origin, `an IPv6 address wants brackets, such as ${bracket(bare)}`);
  const host = bracketed.replace(/^\[(.*)\]$/, '$1');
  if (host.includes(',')) return fail(text, origin, 'one host is taken here, not several');
  const wellFormed = bracketed.startsWith('[') ? isIPv6(host) : /^[^\s:@?#'"-][^\s:@?#'"]*$/.test(host);
  if (!wellFormed) return fail(text, origin, 'expected ssh://user@host:port');
  const user = login?.replaceAll(/%40/g, '@');
  if (user !== undefined && !/^[^\s:'"-][^\s:'"]*$/.test(user)) {
    return fail(text, origin, 'the user name before "@" is empty or malformed');
  }
  if (port !== undefined && !isPort(port)) return fail(text, origin, `${port} is no port`);
  return {
    ...(user !== undefined && { user }),
    host,
    ...(port !== undefined && { port: Number(port) }),
    ...(path !== undefined && path !== '/' && { socketPath: path }),
  };
}

/** The namespace of what a kubelet runs. */
const KUBERNETES = 'k8s.io';

/**
 * Takes `ctr://[user@]host[:port][/path/of/socket][?namespace=name]` apart.
 *
 * @throws {UserError} `BAD_ENGINE_ADDRESS`
 */
export function parseNodeUrl(text: string, origin: string): NodeTarget {
  const [, place = '', query] = /^ctr:\/\/([^?]*)(?:\?(.*))?$/s.exec(text.trim()) ?? [];
  const [, namespace = query === undefined ? KUBERNETES : ''] = /^namespace=(.*)$/s.exec(query ?? '') ?? [];
  if (!/^[A-Za-z0-9]+(?:[_.-][A-Za-z0-9]+)*$/.test(namespace))
    return fail(text, origin, 'expected ctr://user@host or ctr://user@host?namespace=name');
  return { kind: 'ctr', namespace, ...parseSshUrl(place, origin) };
}

/** A target as a URL, for messages and for the docker CLI. */
export function formatHost(target: EngineTarget): string {
  switch (target.kind) {
    case 'unix':
    case 'npipe':
      return `${target.kind}://${target.path}`;
    case 'tcp':
      return `tcp://${bracket(target.host)}:${target.port}${target.path}`;
    case 'ssh':
      return `ssh://${formatLogin(target)}`;
    case 'ctr':
      return `ctr://${formatLogin(target)}${target.namespace === KUBERNETES ? '' : `?namespace=${target.namespace}`}`;
  }
}

function formatLogin({ user, host, port, socketPath = '' }: SshTarget): string {
  // In a URL, the last @ is the one before the host.
  const login = user === undefined ? '' : `${user}@`;
  return `${login}${bracket(host)}${port === undefined ? '' : `:${port}`}${socketPath}`;
}

/** A machine on the way, as `ssh -J` takes it. */
export function formatJump({ user, host, port }: SshTarget): string {
  return formatLogin({ ...(user !== undefined && { user }), host, ...(port !== undefined && { port }) });
}

/** Puts an IPv6 address into the brackets that a URL wants. */
export function bracket(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function parseTcp(rest: string): TcpTarget | undefined {
  const [authority = ''] = rest.split('/', 1);
  const path = rest.slice(authority.length);
  const address = authority.slice(authority.lastIndexOf('@') + 1);
  if (isIPv6(address)) return { kind: 'tcp', host: address, port: DEFAULT_PORT, path };
  const [, name, port = ''] = /^(\[[^\]]+\]|[^:[\]\s?#]*)(?::(\d*))?$/.exec(address) ?? [];
  if (name === undefined || (port !== '' && !isPort(port))) return undefined;
  const host = name.replace(/^\[(.*)\]$/, '$1');
  if (host !== name && !isIPv6(host)) return undefined;
  return { kind: 'tcp', host: host || 'localhost', port: Number(port || DEFAULT_PORT), path };
}

function isPort(text: string): boolean {
  return Number(text) <= 65535;
}

function whyNoAddress(scheme: string): string {
  return scheme === 'ctr'
    ? 'a node takes images, as --host of transfer, and neither builds, nor runs, nor gives them away'
    : `"${scheme}://" is no kind of engine address (unix, tcp and ssh are)`;
}

function fail(text: string, origin: string, reason: string): never {
  throw new UserError(
    'BAD_ENGINE_ADDRESS',
    `"${text}" (${origin}) is not the address of an engine: ${reason}.`,
  );
}
