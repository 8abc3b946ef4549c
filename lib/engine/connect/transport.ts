import type { Environment } from '../credentials/docker-config.js';
import { type Dial, socketDial } from './dial.js';
import type { EngineAddress, SshTarget } from './host.js';
import { connectSsh } from './ssh/connection.js';
import { findRoute } from './ssh/route/find-route.js';
import type { ConnectSsh, SshConnection } from './ssh/types.js';

export interface TransportOptions {
  /** Milliseconds until an engine that does not answer is given up; 15,000 unless given. */
  timeout?: number;
  /** For `ssh://`: where PATH, HOME, SSH_KEY and SSH_AUTH_SOCK are found; this process's own unless given. */
  env?: Environment;
  /** For `ssh://`: milliseconds of silence after which a dead link fails what runs over it; 15,000 unless given. */
  deadAfter?: number;
  /** For `ssh://`: accept a machine whose host key is not known yet, and remember the key. */
  acceptNew?: boolean;
  /** For `ssh://`: takes the terminal for a question until the returned function is called, as `Report.suspend`. */
  suspend?: () => () => void;
  /** Called with a sentence about whatever delays a login over ssh, or an answer of the engine. */
  say?: (line: string) => void;
  /** Milliseconds without a word of the engine after which that is said; 30,000 unless given. */
  tellAfter?: number;
  /** For `ssh://`: ends the wait for a login. */
  signal?: AbortSignal;
  /** For `ssh://`: what makes the login; the ssh program where there is one, this process otherwise, unless given. */
  connectSsh?: ConnectSsh;
}

/** What carries connections to an engine. */
export interface Transport {
  dial: Dial;
  /** The login that they share, where they go over ssh. */
  ssh?: SshConnection;
  close(): Promise<void>;
}

export const DEFAULT_TIMEOUT = 15_000;

/** Finds out how to dial an engine; over ssh, logs in and finds the way to its socket. */
export async function openTransport(address: EngineAddress, options: TransportOptions): Promise<Transport> {
  const { timeout = DEFAULT_TIMEOUT } = options;
  const { target } = address;
  if (target.kind !== 'ssh' && target.kind !== 'ctr') {
    return { dial: socketDial(target, address, timeout), close: () => Promise.resolve() };
  }
  const ssh = await logIn(target, options);
  try {
    return { dial: await findRoute(ssh, address, timeout), ssh, close: () => ssh.close() };
  } catch (error) {
    await ssh.close();
    throw error;
  }
}

/** Logs in on another machine. */
export function logIn(target: SshTarget, options: TransportOptions): Promise<SshConnection> {
  const { timeout = DEFAULT_TIMEOUT, connectSsh: connect = connectSsh } = options;
  const { env = process.env, deadAfter = 15_000, acceptNew = false } = options;
  const { suspend = () => () => {}, say = () => {}, signal = new AbortController().signal } = options;
  return connect(target, { env, timeout, deadAfter, acceptNew, suspend, say, signal });
}
