import type { Duplex } from 'node:stream';
import { unlessAborted } from '../../../system/unless-aborted.js';
import { UserError } from '../../../text/user-error.js';
import type { SshTarget } from '../host.js';
import { displayTarget } from './errors.js';
import { logInPatiently } from './patient-login.js';
import {
  type ConnectSsh,
  type LogIn,
  type RemoteProcess,
  SessionRefused,
  type SshConnection,
  type SshLogin,
  type SshOptions,
} from './types.js';

/**
 * Connections that share their logins with all others of this process to the same machine by the same options: one login
 * carries everything, and where its server limits the sessions in it (MaxSessions), further ones are made, one at a time.
 */
export function shareLogins(logIn: LogIn): ConnectSsh {
  const shared = new Map<string, SharedLogins>();
  return async (target, options) => {
    const key = keyOf(target, options);
    const forget = () => void shared.delete(key);
    const logins = shared.get(key) ?? new SharedLogins(logIn, target, forget);
    shared.set(key, logins);
    return logins.join(target, options);
  };
}

/** The code of a server that lets nobody run programs. */
export const NO_SESSION = 'SSH_NO_SESSION';

/** Milliseconds after which a login is tried again that refused a session though none seemed open. */
const TRIED_AGAIN = 1_000;

function keyOf({ user, host, port, jump }: SshTarget, options: SshOptions): string {
  const { env, timeout, deadAfter, acceptNew } = options;
  return JSON.stringify([user, host, port, jump, timeout, deadAfter, acceptNew, env]);
}

interface Strand {
  login: SshLogin;
  /** Sessions that run in it or are asked for. */
  open: number;
  /** Sessions that its server has opened so far. */
  opened: number;
  /** Most sessions at a time; Infinity until the server has refused one. */
  limit: number;
  refusedAt: number;
}

class SharedLogins {
  readonly #logIn: LogIn;
  readonly #target: SshTarget;
  readonly #forget: () => void;
  readonly #users = new Set<SshOptions>();
  readonly #ended = new AbortController();
  readonly #strands: Strand[] = [];
  #opening?: Promise<Strand>;
  /** Sessions that the server opens in one login at a time, as far as it is known. */
  #sessions = Infinity;

  /** @param forget called when the last user has closed */
  constructor(logIn: LogIn, target: SshTarget, forget: () => void) {
    this.#logIn = logIn;
    this.#target = target;
    this.#forget = forget;
  }

  async join(target: SshTarget, options: SshOptions): Promise<SshConnection> {
    const user = { ...options };
    this.#users.add(user);
    try {
      await unlessAborted(this.#anyStrand(), options.signal);
    } catch (error) {
      await this.#leave(user);
      throw error;
    }
    return new SharedConnection(target, this, () => this.#leave(user));
  }

  async exec(argv: readonly string[]): Promise<RemoteProcess> {
    for (let mayBeLost = true; ;) {
      const strand = await this.#strandWithRoom();
      strand.open++;
      try {
        const program = await strand.login.exec(argv);
        strand.opened++;
        const ended = () => void strand.open--;
        program.exit.then(ended, ended);
        return program;
      } catch (error) {
        strand.open--;
        if (error instanceof SessionRefused) this.#noteRefusal(strand, error);
        else if (strand.login.lost && mayBeLost) mayBeLost = false;
        else throw error;
      }
    }
  }

  async openSocket(path: string): Promise<Duplex> {
    return (await this.#anyStrand()).login.openSocket(path);
  }

  #noteRefusal(strand: Strand, cause: SessionRefused): void {
    if (strand.opened === 0 && strand.open === 0) throw noSession(this.#target, cause);
    strand.refusedAt = performance.now();
    strand.limit = Math.min(strand.limit, strand.open);
    if (strand.limit > 0) this.#sessions = Math.min(this.#sessions, strand.limit);
  }

  async #anyStrand(): Promise<Strand> {
    this.#dropLost();
    return this.#strands[0] ?? this.#openStrand();
  }

  async #strandWithRoom(): Promise<Strand> {
    this.#dropLost();
    const now = performance.now();
    const isForgiven = ({ open, refusedAt }: Strand) => open === 0 && now - refusedAt > TRIED_AGAIN;
    const found = this.#strands.find((strand) => strand.open < strand.limit || isForgiven(strand));
    return found ?? this.#openStrand();
  }

  /** One at a time: an sshd drops some of those who log in at once. */
  #openStrand(): Promise<Strand> {
    return (this.#opening ??= this.#open().finally(() => (this.#opening = undefined)));
  }

  async #open(): Promise<Strand> {
    const [user] = this.#users;
    if (!user) throw new Error('a login is wanted by nobody');
    const options = { ...user, signal: this.#ended.signal };
    const further = this.#strands.length > 0;
    const login = await logInPatiently(this.#logIn, this.#target, options, further);
    const strand = { login, open: 0, opened: 0, limit: this.#sessions, refusedAt: -Infinity };
    this.#strands.push(strand);
    return strand;
  }

  #dropLost(): void {
    for (const strand of this.#strands.filter(({ login }) => login.lost)) {
      this.#strands.splice(this.#strands.indexOf(strand), 1);
      strand.login.close().catch(() => undefined);
    }
  }

  async #leave(user: SshOptions): Promise<void> {
    this.#users.delete(user);
    if (this.#users.size > 0) return;
    this.#forget();
    this.#ended.abort();
    await this.#opening?.catch(() => undefined);
    await Promise.all(this.#strands.splice(0).map(({ login }) => login.close()));
  }
}

/** One user's part of shared logins. */
class SharedConnection implements SshConnection {
  readonly #logins: SharedLogins;
  readonly #leave: () => Promise<void>;
  readonly #running = new Set<() => void>();
  #closed?: Promise<void>;

  constructor(
    readonly target: SshTarget,
    logins: SharedLogins,
    leave: () => Promise<void>,
  ) {
    this.#logins = logins;
    this.#leave = leave;
  }

  async exec(argv: readonly string[]): Promise<RemoteProcess> {
    const program = await this.#logins.exec(argv);
    const kill = () => program.kill();
    this.#running.add(kill);
    const ended = () => void this.#running.delete(kill);
    program.exit.then(ended, ended);
    if (this.#closed) kill();
    return program;
  }

  async openSocket(path: string): Promise<Duplex> {
    const socket = await this.#logins.openSocket(path);
    const destroy = () => socket.destroy();
    this.#running.add(destroy);
    socket.once('close', () => this.#running.delete(destroy));
    if (this.#closed) destroy();
    return socket;
  }

  close(): Promise<void> {
    if (this.#closed) return this.#closed;
    for (const end of this.#running) end();
    return (this.#closed = this.#leave());
  }
}

function noSession(target: SshTarget, cause: unknown): UserError {
  return new UserError(
    NO_SESSION,
    `${displayTarget(target)} lets you in, but runs no programs for you: allow sessions in its sshd_config (MaxSessions).`,
    { cause },
  );
}
