import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { UserError } from '../../../text/user-error.js';
import type { SshTarget } from '../host.js';
import { sshError } from './errors.js';
import { type PrivateFolder, privateFolder } from './private-folder.js';
import { type Ended, exitStatus, runSsh } from './run-ssh.js';
import { quoteForShell } from './shell-words.js';
import type { ConnectSsh, RemoteProcess, SshConnection, SshOptions } from './types.js';

/** Exit status by which ssh tells of its own failures. */
const SSH_FAILED = 255;
/** Seconds that an unused login lives on, should this process end without closing it. */
const LINGER_SECONDS = 60;
/** Unanswered keepalives after which a link counts as dead. */
const ALIVE_COUNT = 3;

/**
 * Logs in with the system's `ssh`, so that all that its users have set up counts: ssh_config, agent, known_hosts,
 * ProxyJump, hardware keys, questions on the terminal. One login carries everything (a control master in a private
 * folder), except where the user's own configuration keeps a live master for that machine: then that one does.
 */
export const connectBySystemSsh: ConnectSsh = async (target, options) => {
  const common = commonFlags(target, options);
  const configured = await readConfiguration(target, options, common);
  const shared = await hasLiveMaster(target, options, common, configured);
  const folder = await privateFolder();
  const flags = [...common, ...linkFlags(options, configured), ...(shared ? [] : masterFlags(folder.path))];
  const connection = new SystemSshConnection(target, options, flags, folder, shared);
  try {
    await connection.login();
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
};

class SystemSshConnection implements SshConnection {
  readonly #options: SshOptions;
  readonly #flags: readonly string[];
  readonly #folder: PrivateFolder;
  readonly #shared: boolean;
  #login: Promise<void> | undefined;
  readonly #children = new Set<ChildProcess>();
  readonly #forwards = new Map<string, Promise<string>>();

  /**
   * @param folder private to this connection
   * @param shared whether the login is the user's, not ours to make and to end
   */
  constructor(
    readonly target: SshTarget,
    options: SshOptions,
    flags: readonly string[],
    folder: PrivateFolder,
    shared: boolean,
  ) {
    this.#options = options;
    this.#flags = flags;
    this.#folder = folder;
    this.#shared = shared;
  }

  /** Logs in, unless that has been done and the login is still good. */
  login(): Promise<void> {
    if (this.#shared) return Promise.resolve();
    return (this.#login ??= this.#logIn().catch((error: Error) => {
      this.#forget();
      throw error;
    }));
  }

  async exec(argv: readonly string[]): Promise<RemoteProcess> {
    await this.login();
    const child = spawn(
      'ssh',
      [...this.#flags, ...SESSION_FLAGS, '--', this.target.host, quoteForShell(argv)],
      { env: this.#options.env, stdio: 'pipe' },
    );
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));

    let said = '';
    child.stderr.on('data', (chunk: Buffer | string) => (said = (said + String(chunk)).slice(-4096)));
    const exit = once(child, 'close').then(([status, signal]: unknown[]) => {
      if (status !== SSH_FAILED) return exitStatus(status as number | null, signal as NodeJS.Signals | null);
      this.#forget();
      throw sshError(this.target, said);
    });
    exit.catch(() => {});
    const { stdin, stdout, stderr } = child;
    const kill = () => {
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
      child.kill();
    };
    return { stdin, stdout, stderr, exit, kill };
  }

  async openSocket(path: string): Promise<Duplex> {
    await this.login();
    let local = this.#forwards.get(path);
    if (local === undefined) this.#forwards.set(path, (local = this.#forward(path)));
    try {
      const socket = connect(await local);
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      this.#forget();
      throw sshError(this.target, 'Connection closed', error);
    }
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill();
    if (this.#shared) {
      for (const [path, local] of this.#forwards)
        await this.#control('cancel', '-L', `${await local}:${path}`);
    } else {
      await this.#control('exit');
    }
    await this.#folder.release();
  }

  async #logIn(): Promise<void> {
    const resume = this.#options.suspend();
    try {
      const { status, said } = await runSsh(
        [...this.#flags, ...SESSION_FLAGS, '-N', '-f', '--', this.target.host],
        this.#options.env,
      );
      if (status !== 0) throw sshError(this.target, said);
    } finally {
      resume();
    }
  }

  /** What ran over a login that is gone is gone too. */
  #forget(): void {
    this.#login = undefined;
    this.#forwards.clear();
  }

  async #forward(path: string): Promise<string> {
    const local = join(this.#folder.path, `s${randomBytes(3).toString('hex')}`);
    const { status, said } = await this.#control('forward', '-L', `${local}:${path}`);
    if (status !== 0) throw sshError(this.target, said);
    return local;
  }

  #control(command: string, ...flags: string[]): Promise<Ended> {
    return runSsh([...this.#flags, '-O', command, ...flags, '--', this.target.host], this.#options.env);
  }
}

/** The user's ssh_config may ask for forwards, a command or a terminal, which are for people. */
const SESSION_FLAGS = [
  ...['-T', '-e', 'none'],
  ...['-o', 'ClearAllForwardings=yes', '-o', 'RemoteCommand=none', '-o', 'PermitLocalCommand=no'],
];

function commonFlags({ user, port }: SshTarget, { env, acceptNew }: SshOptions): string[] {
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(env.SSH_KEY ? ['-i', existingKey(env.SSH_KEY)] : []),
    ...(acceptNew ? ['-o', 'StrictHostKeyChecking=accept-new'] : []),
  ];
}

function masterFlags(folder: string): string[] {
  if (process.platform === 'win32') return [];
  const path = `ControlPath=${join(folder, 'c')}`;
  return ['-o', path, '-o', 'ControlMaster=auto', '-o', `ControlPersist=${LINGER_SECONDS}`];
}

/** Limits in time, where the user has not set any. */
function linkFlags({ timeout, deadAfter }: SshOptions, configured: Configuration): string[] {
  const flags: string[] = [];
  if (!Number(configured.get('connecttimeout'))) {
    flags.push('-o', `ConnectTimeout=${Math.ceil(timeout / 1000)}`);
  }
  if (!Number(configured.get('serveraliveinterval'))) {
    const interval = Math.max(1, Math.round(deadAfter / 1000 / ALIVE_COUNT));
    flags.push('-o', `ServerAliveInterval=${interval}`, '-o', `ServerAliveCountMax=${ALIVE_COUNT}`);
  }
  return flags;
}

type Configuration = ReadonlyMap<string, string>;

/** What ssh_config says of that machine, by lower-case key, as `ssh -G` tells it. */
async function readConfiguration(
  target: SshTarget,
  options: SshOptions,
  flags: readonly string[],
): Promise<Configuration> {
  const { status, said, output } = await runSsh([...flags, '-G', '--', target.host], options.env);
  if (status !== 0) throw sshError(target, said);
  return new Map(
    output.split('\n').map((line) => (/^(\S+) ?(.*)$/.exec(line)?.slice(1) as [string, string]) ?? ['', '']),
  );
}

/** Only a master that notices a dead link is taken: over another one everything would hang. */
async function hasLiveMaster(
  target: SshTarget,
  options: SshOptions,
  flags: readonly string[],
  configured: Configuration,
): Promise<boolean> {
  if (!configured.has('controlpath') || !Number(configured.get('serveraliveinterval'))) return false;
  const { status } = await runSsh([...flags, '-O', 'check', '--', target.host], options.env);
  return status === 0;
}

function existingKey(file: string): string {
  if (existsSync(file)) return file;
  throw new UserError(
    'SSH_KEY',
    `SSH_KEY names ${file}, which does not exist: set it to the file of a private key.`,
  );
}
