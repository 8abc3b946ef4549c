import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { SshTarget } from '../../host.js';
import { lostLogin } from '../errors.js';
import { shareLogins } from '../shared-logins.js';
import { quoteForShell } from '../shell-words.js';
import {
  type ConnectSsh,
  ForwardRefused,
  type RemoteProcess,
  SessionRefused,
  type SshLogin,
} from '../types.js';
import { type Login, logIn } from './login.js';

/**
 * Logs in within this process, for machines without an `ssh` program: keys, agent, passphrases, ProxyJump, and host keys
 * checked against known_hosts as ssh does.
 */
export const connectInProcess: ConnectSsh = shareLogins(
  async (target, options) => new InProcessLogin(target, await logIn(target, options)),
);

class InProcessLogin implements SshLogin {
  readonly #target: SshTarget;
  readonly #login: Login;
  lost = false;

  constructor(target: SshTarget, login: Login) {
    this.#target = target;
    this.#login = login;
    login.client.once('close', () => (this.lost = true));
  }

  exec(argv: readonly string[]): Promise<RemoteProcess> {
    return this.#open(
      (opened) => this.#login.client.exec(quoteForShell(argv), opened),
      (channel) => this.#processOf(channel),
      SessionRefused,
    );
  }

  openSocket(to: string): Promise<Duplex> {
    const { client } = this.#login;
    const [, host = '', port] = /^([^/]+):(\d+)$/.exec(to) ?? [];
    return this.#open(
      (opened) =>
        port === undefined
          ? client.openssh_forwardOutStreamLocal(to, opened)
          : client.forwardOut('127.0.0.1', 0, host, Number(port), opened),
      (channel) => channel,
      ForwardRefused,
    );
  }

  close(): Promise<void> {
    this.#login.end();
    return Promise.resolve();
  }

  /**
   * @param use called in the same turn in which the channel opens, so that no event of it is missed
   * @param Refusal class of the error for a channel that the server refuses to open
   */
  #open<T>(
    request: (opened: (error: Error | undefined, channel: ClientChannel) => void) => void,
    use: (channel: ClientChannel) => T,
    Refusal: typeof SessionRefused | typeof ForwardRefused,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        request((error, channel) => {
          if (error === undefined) resolve(use(channel));
          else reject(isRefusal(error) ? new Refusal() : this.#failure(error));
        });
      } catch (error) {
        reject(this.#failure(error));
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
        else reject(lostLogin(this.#target));
      });
    });
    exit.catch(() => {});
    return { stdin: channel, stdout: channel, stderr: channel.stderr, exit, kill: () => channel.destroy() };
  }

  #failure(cause?: unknown): Error {
    this.lost = true;
    return lostLogin(this.#target, cause);
  }
}

/**
 * ssh2's error for a channel that was not opened has a `reason`; for a program that the opened channel cannot
 * start, there is only this message.
 */
function isRefusal(error: Error): boolean {
  return 'reason' in error || error.message === 'Unable to exec';
}
