import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { SshTarget } from '../host.js';
import { sshError } from './errors.js';
import { type Login, logIn } from './login.js';
import { quoteForShell } from './shell-words.js';
import type { ConnectSsh, RemoteProcess, SshConnection, SshOptions } from './types.js';

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
  readonly #options: SshOptions;
  #login: Promise<Login> | undefined;

  constructor(
    readonly target: SshTarget,
    options: SshOptions,
  ) {
    this.#options = options;
  }

  /** Logs in, unless that has been done and the login is still good. */
  login(): Promise<Login> {
    if (this.#login === undefined) {
      const login = (this.#login = logIn(this.target, this.#options));
      const forget = () => {
        if (this.#login === login) this.#login = undefined;
      };
      login.then(({ client }) => client.once('close', forget), forget);
    }
    return this.#login;
  }

  async exec(argv: readonly string[]): Promise<RemoteProcess> {
    const { client } = await this.login();
    return this.#open(
      (opened) => client.exec(quoteForShell(argv), opened),
      (channel) => this.#processOf(channel),
    );
  }

  async openSocket(path: string): Promise<Duplex> {
    const { client } = await this.login();
    return this.#open(
      (opened) => client.openssh_forwardOutStreamLocal(path, opened),
      (channel) => channel,
    );
  }

  async close(): Promise<void> {
    const login = await this.#login?.catch(() => undefined);
    login?.end();
  }

  /** @param use called at once, before what the other side has already sent is emitted */
  #open<T>(
    request: (opened: (error: Error | undefined, channel: ClientChannel) => void) => void,
    use: (channel: ClientChannel) => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        request((error, channel) => {
          if (error === undefined) resolve(use(channel));
          else reject(/open failure/i.test(error.message) ? error : this.#failure(error));
        });
      } catch (error) {
        reject(this.#failure(error as Error));
      }
    });
  }

  #processOf(channel: ClientChannel): RemoteProcess {
    let status: number | undefined;
    channel.once('exit', (code: number | null, signal?: string) => {
      status = code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
    });
    const exit = new Promise<number>((resolve, reject) => {
      channel.once('close', () => {
        if (status !== undefined) resolve(status);
        else reject(this.#failure(new Error('Connection lost')));
      });
    });
    exit.catch(() => {});
    return { stdin: channel, stdout: channel, stderr: channel.stderr, exit, kill: () => channel.destroy() };
  }

  #failure(error: Error): Error {
    return sshError(this.target, error.message, error);
  }
}
