import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { SshTarget } from '../../host.js';
import { parseSshUrl } from '../../host.js';
import { DROPPED, loginError, lostLogin } from '../errors.js';
import { shareLogins } from '../shared-logins.js';
import {
  type ConnectSsh,
  ForwardRefused,
  type LogIn,
  type RemoteProcess,
  type SshLogin,
  type SshOptions,
} from '../types.js';
import { loginVerdict } from './login-verdict.js';
import { type PrivateFolder, privateFolder } from './private-folder.js';
import { type Ended, runSsh } from './run-ssh.js';
import {
  commonFlags,
  type Configuration,
  linkFlags,
  logFlags,
  masterFlags,
  readConfiguration,
  SESSION_FLAGS,
  withinMaster,
} from './system-flags.js';
import { startSession } from './system-session.js';

/**
 * Logs in with the system's `ssh`, so that all that its users have set up counts: ssh_config, agent, known_hosts,
 * ProxyJump, hardware keys, questions on the terminal. One login carries many sessions (a control master in a private
 * folder), except where the user's own configuration keeps a live master for that machine: then that one does.
 */
const logInBySystemSsh: LogIn = async (target, options, further) => {
  const common = commonFlags(target, options);
  const configured = await readConfiguration(target, options, common);
  const shared = !further && (await hasLiveMaster(target, options, common, configured));
  const folder = await privateFolder();
  const flags = [...common, ...linkFlags(options, configured)];
  const login = new SystemLogin(target, options, flags, folder, shared);
  try {
    if (!shared) await login.logIn(configured);
    return login;
  } catch (error) {
    await login.close();
    throw error;
  }
};

export const connectBySystemSsh: ConnectSsh = shareLogins(logInBySystemSsh);

class SystemLogin implements SshLogin {
  readonly #target: SshTarget;
  readonly #options: SshOptions;
  readonly #flags: readonly string[];
  readonly #folder: PrivateFolder;
  readonly #shared: boolean;
  readonly #forwards = new Map<string, Promise<string>>();
  lost = false;

  /**
   * @param folder private to this login
   * @param shared whether the login belongs to the user's own control master: it is used, but neither made nor
   *   ended here
   */
  constructor(
    target: SshTarget,
    options: SshOptions,
    flags: readonly string[],
    folder: PrivateFolder,
    shared: boolean,
  ) {
    this.#target = target;
    this.#options = options;
    this.#flags = flags;
    this.#folder = folder;
    this.#shared = shared;
  }

  async logIn(configured: Configuration): Promise<void> {
    const { env, signal } = this.#options;
    const log = this.#newFile();
    const resume = this.#options.suspend();
    try {
      const flags = [...masterFlags(this.#folder.path), ...this.#flags, ...SESSION_FLAGS, ...logFlags(log)];
      const argv = [...flags, '-N', '-f', '--', this.#target.host];
      const { status, said } = await runSsh(argv, env, signal);
      if (status === 0) return;
      signal.throwIfAborted();
      const verdict = await loginVerdict(log, said);
      const error = loginError(this.#target, verdict);
      const jump = configured.get('proxyjump')?.split(',')[0];
      if (error.code === DROPPED && jump) await this.#checkJump(jump);
      throw error;
    } finally {
      resume();
    }
  }

  exec(argv: readonly string[]): Promise<RemoteProcess> {
    return startSession({
      target: this.#target,
      flags: this.#within(),
      env: this.#options.env,
      argv,
      log: this.#newFile(),
      isLost: () => this.#isLost(),
    });
  }

  async openSocket(path: string): Promise<Duplex> {
    let local = this.#forwards.get(path);
    if (local === undefined) this.#forwards.set(path, (local = this.#forward(path)));
    try {
      const socket = connect(await local);
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      this.#forwards.delete(path);
      throw (await this.#isLost()) ? lostLogin(this.#target, error) : error;
    }
  }

  async close(): Promise<void> {
    if (this.#shared) {
      for (const [path, local] of this.#forwards)
        await this.#control('cancel', '-L', `${await local}:${path}`);
    } else {
      await this.#control('exit');
    }
    await this.#folder.release();
  }

  async #forward(path: string): Promise<string> {
    const local = this.#newFile();
    const { status, said } = await this.#control('forward', '-L', `${local}:${path}`);
    if (status !== 0) throw new ForwardRefused(said.trim());
    return local;
  }

  async #isLost(): Promise<boolean> {
    const { status } = await this.#control('check');
    return (this.lost = status !== 0);
  }

  #newFile(): string {
    return join(this.#folder.path, `s${randomBytes(3).toString('hex')}`);
  }

  #control(command: string, ...flags: string[]): Promise<Ended> {
    const argv = [...this.#within(), '-O', command, ...flags, '--', this.#target.host];
    return runSsh(argv, this.#options.env);
  }

  #within(): string[] {
    return [...(this.#shared ? [] : withinMaster(this.#folder.path)), ...this.#flags];
  }

  /**
   * ssh does not say what fails at a machine on the way (ProxyJump), so that machine is asked directly, and its
   * error is thrown.
   */
  async #checkJump(hop: string): Promise<void> {
    const target = parseSshUrl(hop, `ProxyJump of ${this.#target.host}`);
    const login = await logInBySystemSsh(target, this.#options, true);
    await login.close();
  }
}

/** Only masters with keepalives are used: with another one, a dead link would make everything hang. */
async function hasLiveMaster(
  target: SshTarget,
  options: SshOptions,
  flags: readonly string[],
  configured: Configuration,
): Promise<boolean> {
  if (!configured.has('controlpath') || !Number(configured.get('serveraliveinterval'))) return false;
  const { status } = await runSsh([...flags, '-O', 'check', '--', target.host], options.env, options.signal);
  return status === 0;
}
