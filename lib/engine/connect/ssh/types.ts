import type { Duplex, Readable, Writable } from 'node:stream';
import type { Environment } from '../../credentials/docker-config.js';
import type { SshTarget } from '../host.js';

/** Logins on another machine, as many as it takes, over which programs and sockets there are used. */
export interface SshConnection {
  readonly target: SshTarget;
  /**
   * Starts a program there. Each word of `argv` arrives as it is: it is quoted for the shell that sshd runs.
   *
   * @throws {UserError} with a code that starts with `SSH_` where the connection is lost and cannot be made again
   */
  exec(argv: readonly string[]): Promise<RemoteProcess>;
  /**
   * Connects to a unix socket there, or to an `address:port` as it is reached from there, which a server may forbid.
   */
  openSocket(to: string): Promise<Duplex>;
  /** Ends all that runs over it, and the logins where nobody else in this process uses them. */
  close(): Promise<void>;
}

/** One login on another machine. */
export interface SshLogin {
  /** As {@link SshConnection.exec}; rejects with {@link SessionRefused} where the server opens no more sessions in this login. */
  exec(argv: readonly string[]): Promise<RemoteProcess>;
  /** @throws {ForwardRefused} */
  openSocket(to: string): Promise<Duplex>;
  /** Whether the login is known to be lost. */
  readonly lost: boolean;
  close(): Promise<void>;
}

/** A server opens no more sessions in one login (MaxSessions of sshd_config). */
export class SessionRefused extends Error {}

/** A server opens no way to a socket of its own. */
export class ForwardRefused extends Error {}

/** A program that runs on the other machine. */
export interface RemoteProcess {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /**
   * Its exit status (128 + n after signal n; 255 where ssh does not tell the signal); rejects with a UserError where the
   * connection broke before it ended.
   */
  exit: Promise<number>;
  /** Lets go of it: it sees its input and output closed. */
  kill(): void;
}

export interface SshOptions {
  env: Environment;
  /** Milliseconds until a machine that does not answer is given up, where ssh_config says nothing else. */
  timeout: number;
  /** Milliseconds of silence after which a dead link fails what runs over it. */
  deadAfter: number;
  /** Accept a machine whose host key is not known yet, and remember the key. A changed key is never accepted. */
  acceptNew: boolean;
  /** Takes the terminal for a question, such as a passphrase, until the returned function is called. */
  suspend: () => () => void;
  /** Called with a sentence about whatever delays the login. */
  say: (line: string) => void;
  /** Ends the wait for a login. */
  signal: AbortSignal;
}

/** Makes one login; `further` says that it is one beside others. */
export type LogIn = (target: SshTarget, options: SshOptions, further: boolean) => Promise<SshLogin>;

/** Rejects with a UserError whose code starts with `SSH_`. */
export type ConnectSsh = (target: SshTarget, options: SshOptions) => Promise<SshConnection>;
