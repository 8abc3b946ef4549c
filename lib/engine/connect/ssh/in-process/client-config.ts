import { readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { accountName, accountNumber, homeFolder } from '../../../../system/account.js';
import { sshAgent } from '../../../../system/ssh-agent.js';
import { type Environment, readOptionalFile } from '../../../credentials/docker-config.js';
import type { SshTarget } from '../../host.js';

/** What ssh_config says of one machine, as far as a login within this process heeds it. */
export interface ClientConfig {
  hostName: string;
  user: string;
  port: number;
  /** Absolute; the defaults of ssh where the configuration names none. */
  identityFiles: readonly string[];
  /** Whether only the keys in `identityFiles` are offered, and no others that the agent holds (IdentitiesOnly). */
  identitiesOnly: boolean;
  /** The agent's socket; absent where there is none or it is turned off. */
  agent?: string;
  /** `[user@]host[:port]` of the machines to go through, the nearest first. */
  proxyJump: readonly string[];
  /** Set where the machine is reached by a program of the user's, which only the ssh program starts. */
  proxyCommand?: string;
  /** The name under which known_hosts keeps the machine. */
  hostKeyAlias?: string;
  userKnownHostsFiles: readonly string[];
  globalKnownHostsFiles: readonly string[];
  strictHostKeyChecking: 'ask' | 'yes' | 'accept-new' | 'no';
  /** Milliseconds. */
  connectTimeout?: number;
}

const DEFAULT_IDENTITIES = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const DEEPEST_INCLUDE = 16;

/**
 * Reads `~/.ssh/config` and the system's `ssh_config` by the rules of ssh_config(5): the first value of a key wins,
 * except that each IdentityFile counts. Of Match, `all`, `host` and `originalhost` are known; sections with other
 * conditions are passed over.
 */
export function readClientConfig(
  target: SshTarget,
  env: Environment,
  systemFile = join(systemFolder(env), 'ssh_config'),
): ClientConfig {
  const home = homeFolder(env);
  const settings = new Settings(target, home);
  settings.readFile(join(home, '.ssh', 'config'), join(home, '.ssh'));
  settings.readFile(systemFile, dirname(systemFile));

  const hostName = settings.hostName;
  const user = target.user ?? settings.first('user') ?? accountName();
  const port = target.port ?? Number(settings.first('port') ?? 22);
  const expand = (text: string) => expandTokens(text, { home, hostName, user, port });
  const files = (key: string, defaults: string[]) =>
    (settings.values.get(key)?.[0] ?? defaults).filter((file) => file !== 'none').map(expand);

  const identities = settings.values.get('identityfile')?.flatMap(([file]) => file ?? []);
  const agent = settings.first('identityagent') ?? 'SSH_AUTH_SOCK';
  const jump = settings.first('proxyjump');
  const command = settings.values.get('proxycommand')?.[0]?.join(' ');
  const jumps = jump !== undefined && jump !== 'none' && settings.isBefore('proxyjump', 'proxycommand');
  const timeout = Number(settings.first('connecttimeout'));
  return {
    hostName,
    user,
    port,
    identityFiles: (identities ?? DEFAULT_IDENTITIES.map((name) => `~/.ssh/${name}`))
      .filter((file) => file !== 'none')
      .map(expand),
    identitiesOnly: settings.first('identitiesonly') === 'yes',
    agent:
      agent === 'none'
        ? undefined
        : agent === 'SSH_AUTH_SOCK'
          ? sshAgent(env)
          : agentPath(agent, env, expand),
    proxyJump: jumps ? jump.split(',').map((hop) => hop.trim()) : [],
    proxyCommand: jumps || command === undefined || command === 'none' ? undefined : command,
    hostKeyAlias: settings.first('hostkeyalias'),
    userKnownHostsFiles: files('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
    globalKnownHostsFiles: files('globalknownhostsfile', [
      join(systemFolder(env), 'ssh_known_hosts'),
      join(systemFolder(env), 'ssh_known_hosts2'),
    ]),
    strictHostKeyChecking: strictness(settings.first('stricthostkeychecking')),
    ...(timeout > 0 && { connectTimeout: timeout * 1000 }),
  };
}

/** Where the system's own files of ssh are; on Windows as Win32-OpenSSH has them. */
function systemFolder({ ProgramData = 'C:\\ProgramData' }: Environment): string {
  return process.platform === 'win32' ? join(ProgramData, 'ssh') : '/etc/ssh';
}

/** Whether `name` fits a comma- or blank-separated list of patterns with `*`, `?` and `!`, as ssh matches it. */
export function matchesPatterns(name: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!matchesWildcard(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

class Settings {
  readonly #target: SshTarget;
  readonly #home: string;
  /** By lower-case key, the words of each occurrence that applies. */
  readonly values = new Map<string, string[][]>();

  constructor(target: SshTarget, home: string) {
    this.#target = target;
    this.#home = home;
  }

  get hostName(): string {
    const { host } = this.#target;
    const name = this.first('hostname')?.replaceAll('%h', host).replaceAll('%%', '%') ?? host;
    return name.toLowerCase();
  }

  first(key: string): string | undefined {
    return this.values.get(key)?.[0]?.[0];
  }

  /** Whether `key` occurs before `other`: of two options that exclude each other, ssh uses the first. */
  isBefore(key: string, other: string): boolean {
    const keys = [...this.values.keys()];
    return !this.values.has(other) || keys.indexOf(key) < keys.indexOf(other);
  }

  /** @param folder what a relative Include starts from */
  readFile(file: string, folder: string, depth = 0, applies = true): void {
    const text = readOptionalFile(file);
    if (text === undefined || depth > DEEPEST_INCLUDE) return;
    const outer = applies;
    for (const line of text.split(/\r?\n/)) {
      const [key, words] = parseLine(line);
      if (key === 'host') applies = outer && matchesPatterns(this.#target.host, words);
      else if (key === 'match') applies = outer && this.#matches(words);
      else if (!applies || key === '') continue;
      else if (key === 'include') {
        for (const included of words.flatMap((word) => this.#expandInclude(word, folder))) {
          this.readFile(included, folder, depth + 1, applies);
        }
      } else this.values.set(key, [...(this.values.get(key) ?? []), words]);
    }
  }

  #matches(words: readonly string[]): boolean {
    for (let i = 0; i < words.length; i++) {
      const condition = words[i]!.toLowerCase();
      if (condition === 'all') continue;
      const name =
        condition === 'host' ? this.hostName : condition === 'originalhost' ? this.#target.host : undefined;
      if (name === undefined || !matchesPatterns(name, (words[++i] ?? '').split(','))) return false;
    }
    return words.length > 0;
  }

  #expandInclude(pattern: string, folder: string): string[] {
    const path = pattern.replace(/^~(?=\/)/, this.#home);
    const absolute = isAbsolute(path) ? path : resolve(folder, path);
    if (!/[*?]/.test(absolute)) return [absolute];
    try {
      const names = readdirSync(dirname(absolute)).filter((name) =>
        matchesWildcard(basename(absolute), name),
      );
      return names.sort().map((name) => join(dirname(absolute), name));
    } catch {
      return [];
    }
  }
}

function parseLine(line: string): [key: string, words: string[]] {
  const [, key = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s*=|\s)(.*)$/s.exec(line) ?? [];
  const words = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return [key.toLowerCase(), comment === -1 ? words : words.slice(0, comment)];
}

/** `*` stands for any characters, `?` for one. A RegExp would need time to the power of the stars. */
function matchesWildcard(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  const fits = (part: string, at: number) =>
    at >= 0 &&
    at + part.length <= name.length &&
    [...part].every((one, i) => one === '?' || one === name[at + i]);
  if (last === undefined) return name.length === pattern.length && fits(pattern, 0);
  if (!fits(first, 0)) return false;
  let at = first.length;
  // Matching each part as early as possible leaves the most text for the parts after it.
  for (const part of rest) {
    while (at + part.length <= name.length && !fits(part, at)) at++;
    if (!fits(part, at)) return false;
    at += part.length;
  }
  return name.length - last.length >= at && fits(last, name.length - last.length);
}

function expandTokens(
  text: string,
  { home, hostName, user, port }: { home: string; hostName: string; user: string; port: number },
): string {
  const tokens: Record<string, string> = {
    ...{ '%': '%', d: home, h: hostName, r: user, p: String(port) },
    ...{ u: accountName(), i: accountNumber() },
  };
  const path = text
    .replace(/^~(?=\/)/, home)
    .replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole);
  return resolve(home, path);
}

function agentPath(text: string, env: Environment, expand: (text: string) => string): string | undefined {
  const variable = /^\$\{?(\w+)\}?$/.exec(text)?.[1];
  return variable === undefined ? expand(text) : env[variable];
}

function strictness(value = 'ask'): ClientConfig['strictHostKeyChecking'] {
  switch (value) {
    case 'yes':
    case 'accept-new':
      return value;
    case 'no':
    case 'off':
      return 'no';
    default:
      return 'ask';
  }
}
