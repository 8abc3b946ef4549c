import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { UserError } from '../../../../text/user-error.js';
import { parseSshUrl, type SshTarget } from '../../host.js';
import { displayTarget, loginError } from '../errors.js';
import type { SshOptions } from '../types.js';
import { authentications } from './authentication.js';
import { type ClientConfig, readClientConfig } from './client-config.js';
import { hostKeyName, readKnownHosts, verifyHostKey } from './host-key.js';
import { knownKeyTypes } from './known-hosts.js';
import { loadSsh2 } from './ssh2.js';
import { hungUp, judgeSsh2, type LoginProgress, type Ssh2Error, timedOut } from './ssh2-failure.js';

/** A login within this process, with those on the way to it. */
export interface Login {
  client: Client;
  end(): void;
}

/** Unanswered keepalives after which a link counts as dead. */
const ALIVE_COUNT = 3;
/** Most machines in a row that a ProxyJump may lead through; more are taken for a loop. */
const LONGEST_WAY = 8;
/** Milliseconds that a closing login has for its last messages before its socket is destroyed. */
const FAREWELL = 1_000;
/** Levels of ssh2's errors after which it goes on with the next key. */
const TRIES_ON: ReadonlySet<string | undefined> = new Set(['agent', 'client-authentication']);
/** In OpenSSH's order; without SHA-1. */
const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/**
 * Logs in at a machine as ssh_config says, through others where it has a ProxyJump.
 *
 * @throws {UserError} with a code that starts with `SSH_`
 */
export async function logIn(target: SshTarget, options: SshOptions, way = 0): Promise<Login> {
  const config = readClientConfig(target, options.env);
  if (config.proxyCommand !== undefined && !target.jump) {
    throw new UserError(
      'SSH_CONFIG',
      `ssh_config reaches ${target.host} by a ProxyCommand, which takes the ssh program: install it, or use ProxyJump.`,
    );
  }
  if (way > LONGEST_WAY) {
    throw new UserError(
      'SSH_CONFIG',
      `The ProxyJump of ${target.host} leads in a circle: mend ~/.ssh/config.`,
    );
  }

  const hops = target.jump
    ? [target.jump]
    : config.proxyJump.map((hop) => parseSshUrl(hop, `ProxyJump of ${target.host}`));
  let login: Login | undefined;
  try {
    for (const hop of hops) {
      login =
        login === undefined
          ? await logIn(hop, options, way + 1)
          : await extend(login, hop, readClientConfig(hop, options.env), options);
    }
    return await extend(login, target, config, options);
  } catch (error) {
    login?.end();
    throw error;
  }
}

/** Logs in at the next machine, directly or through the login at the one before. */
async function extend(
  previous: Login | undefined,
  target: SshTarget,
  config: ClientConfig,
  options: SshOptions,
): Promise<Login> {
  const { Client } = await loadSsh2();
  const { hostName: host, port } = config;
  const socket = previous ? await forward(previous.client, target, config) : connect({ host, port });
  const client = await connectClient(new Client(), socket, target, config, options);
  return {
    client,
    end() {
      client.end();
      // Otherwise a peer that does not close its side would keep this process alive.
      setTimeout(() => socket.destroy(), FAREWELL).unref();
      previous?.end();
    },
  };
}

function forward(client: Client, target: SshTarget, { hostName, port }: ClientConfig): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, hostName, port, (error, channel) => {
      if (error)
        reject(
          new UserError(
            'SSH_UNREACHABLE',
            `${displayTarget(target)} cannot be reached from the machine on the way there: check its address.`,
            { cause: error },
          ),
        );
      else resolve(channel);
    });
  });
}

/** @param socket to the machine, passed on in the same turn in which it was made: events emitted before are lost */
async function connectClient(
  client: Client,
  socket: Duplex,
  target: SshTarget,
  config: ClientConfig,
  options: SshOptions,
): Promise<Client> {
  // The listener stays for the whole life of the client: an `error` event without one (a link that dies) would end
  // the process.
  let failure: Ssh2Error | undefined;
  const progress: LoginProgress = { offers: 0 };
  let isFirstQuestion = true;
  const fail = (error: Ssh2Error) => {
    failure ??= error;
    // ssh2 would only half-close the socket, and wait for a peer that may never close its side.
    socket.destroy();
  };
  client.on('error', (error: Ssh2Error) => {
    if (TRIES_ON.has(error.level)) failure ??= error;
    else fail(error);
  });

  const timeout = config.connectTimeout ?? options.timeout;
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(timedOut()), timeout);
  };
  const methods = authentications(config, options);
  const settings: ConnectConfig = {
    sock: socket,
    username: config.user,
    algorithms: { serverHostKey: preferKnown(knownKeyTypes(readKnownHosts(config), ...hostKeyName(config))) },
    hostVerifier: (blob: Buffer, verify: (valid: boolean) => void) => {
      verifyHostKey(target, config, options, blob).then(
        () => verify(true),
        (error: Error) => {
          failure = error;
          verify(false);
        },
      );
    },
    authHandler: (left, _partial, next) => {
      progress.methods ??= left ?? undefined;
      // A question on the terminal may take its time.
      clearTimeout(timer);
      methods.next().then(({ value, done }) => {
        watch();
        if (!isFirstQuestion) progress.offers++;
        isFirstQuestion = false;
        next(done ? (false as never) : value);
      }, fail);
    },
    readyTimeout: 0,
    keepaliveInterval: options.deadAfter / ALIVE_COUNT,
    keepaliveCountMax: ALIVE_COUNT,
  };

  const stop = () => fail(timedOut());
  options.signal.addEventListener('abort', stop);
  try {
    options.signal.throwIfAborted();
    watch();
    const settled = Promise.race([
      once(client, 'ready'),
      once(client, 'close').then(() => Promise.reject(failure ?? hungUp())),
    ]);
    client.connect(settings);
    await settled;
    client.setNoDelay(true);
    return client;
  } catch (error) {
    socket.destroy();
    const reason = failure ?? (error as Ssh2Error);
    options.signal.throwIfAborted();
    throw reason instanceof UserError ? reason : loginError(target, judgeSsh2(reason, progress), reason);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', stop);
  }
}

/** A server with several keys is asked for one that is known. */
function preferKnown(types: readonly string[]): ServerHostKeyAlgorithm[] {
  const known = (algorithm: string) => types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [
    ...HOST_KEY_ALGORITHMS.filter(known),
    ...HOST_KEY_ALGORITHMS.filter((algorithm) => !known(algorithm)),
  ];
}
