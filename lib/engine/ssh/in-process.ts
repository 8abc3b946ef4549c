import { constants } from 'node:os';
import type { Duplex } from 'node:stream';

import type { ClientChannel } from 'ssh2';

import type { SshTarget } from '../host.js';
import type { ConnectSsh, RemoteProcess, SshConnection, SshOptions } from './connection.js';
import { sshError } from './errors.js';
import { logIn, type Login } from './login.js';
import { quoteForShell } from './shell-words.js';

/**
 * Logs in within this process, for machines without an `ssh` program: keys, agent, passphrases, ProxyJump, and host keys
 * checked against known_hosts as ssh does.
 */
export const connectInProcess: ConnectSsh = async (target, options) => {
  const connection = new InProcessConnection(target, options);
  await connection.login();
  return connection;
};

class InProcessConnection implements SshConnection {
  #login: Promise<Login> | undefined;

  constructor(
    readonly target: SshTarget,
    private readonly options: SshOptions,
  ) {}

  /** Logs in, unless that has been done and the login is still good. */
  login(): Promise<Login> {
    if (this.#login === undefined) {
      const login = (this.#login = logIn(this.target, this.options));
      const forget = () => {
        if (this.#login === login) this.#login = undefined;
      };
      login.then(({ client }) => client.once('close', forget), forget);
    }
    return this.#login;
  }

  async exec(argv: readonly string[]): Promise<RemoteProcess> {
    const { client } = await this.login();
    const channel = await this.#open((done) => client.exec(quoteForShell(argv), done));
    const ended = new Promise<number>((resolve, reject) => {
      let status: number | undefined;
      channel.once('exit', (code: number | null, signal?: string) => {
        status = code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
      });
      channel.once('close', () => {
        if (status !== undefined) resolve(status);
        else reject(sshError(this.target, 'Connection lost'));
      });
    });
    ended.catch(() => {});
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      exit: ended,
      kill: () => channel.destroy(),
    };
  }

  async openSocket(path: string): Promise<Duplex> {
    const { client } = await this.login();
    return this.#open((done) => client.openssh_forwardOutStreamLocal(path, done));
  }

  async close(): Promise<void> {
    const login = await this.#login?.catch(() => undefined);
    login?.end();
  }

  #open(
    request: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
  ): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      try {
        request((error, channel) => {
          if (error === undefined) resolve(channel);
          else
            reject(/open failure/i.test(error.message) ? error : sshError(this.target, error.message, error));
        });
      } catch (error) {
        reject(sshError(this.target, (error as Error).message, error));
      }
    });
  }
}
