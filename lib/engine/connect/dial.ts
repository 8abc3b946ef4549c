import { connect as connectSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { UserError } from '../../text/user-error.js';
import type { EngineAddress } from './host.js';
import type { EngineTarget } from './host.js';

/** Opens one connection to an engine. Rejects with a UserError that says what was tried and what to do. */
export type Dial = () => Promise<Duplex>;

/**
 * Dials `unix://`, `npipe://` and `tcp://` addresses, with TLS where the address has it.
 *
 * @param timeout milliseconds until a machine that does not answer is given up
 */
export function socketDial(
  place: Exclude<EngineTarget, { kind: 'ssh' | 'ctr' }>,
  address: EngineAddress,
  timeout: number,
): Dial {
  if (place.kind !== 'tcp') {
    return () => established(connectSocket({ path: place.path }), 'connect', address, timeout);
  }
  const target = { host: place.host, port: place.port };
  const { tls } = address;
  if (tls === undefined) return () => established(connectSocket(target), 'connect', address, timeout);
  const { verify, ...material } = tls;
  return () => {
    const options = { ...target, ...material, rejectUnauthorized: verify };
    let socket: Socket;
    try {
      socket = connectTls({ ...options, ...(/[a-z]/i.test(target.host) && { servername: target.host }) });
    } catch (error) {
      return Promise.reject(badTlsFiles(address, error as Error));
    }
    return established(socket, 'secureConnect', address, timeout);
  };
}

function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  address: EngineAddress,
  timeout: number,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        noEngine(
          address,
          `it did not answer within ${timeout / 1000} s`,
          'check its address and the network',
        ),
      );
    }, timeout);
    const failed = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(dialError(error, address));
    };
    socket.once('error', failed);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

/** The error for an engine that cannot be reached. */
export function noEngine(
  { url, origin }: EngineAddress,
  reason: string,
  remedy: string,
  cause?: unknown,
): UserError {
  return new UserError('NO_ENGINE', `No engine at ${url} (${origin}): ${reason}; ${remedy}.`, {
    cause,
  });
}

/** Explains why an engine could not be reached, or why what was reached is none. */
export function dialError(error: NodeJS.ErrnoException, address: EngineAddress): UserError {
  const local = !address.remote;
  const start = local
    ? 'start Docker there, or name another engine with DOCKER_HOST or DOCKER_CONTEXT'
    : 'check the address, and whether the engine runs and listens there';
  if (error.code?.startsWith('HPE_')) {
    return noEngine(
      address,
      `what answers there is no engine (${error.message})`,
      'check the address',
      error,
    );
  }
  switch (error.code) {
    case 'ENOENT':
      return noEngine(address, 'there is no such socket', start, error);
    case 'ECONNREFUSED':
      return noEngine(address, 'nothing listens there', start, error);
    case 'ENOTSOCK':
      return noEngine(address, 'that is not a socket', start, error);
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        'ENGINE_PERMISSION',
        `You may not use the engine at ${address.url} (${address.origin}): ${permissionRemedy()}.`,
        { cause: error },
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return noEngine(address, 'that host name is not known', 'check its spelling', error);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return noEngine(address, 'that host cannot be reached', 'check its address and the network', error);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return tlsError(
        address,
        'it does not speak TLS',
        'unset DOCKER_TLS_VERIFY and DOCKER_TLS, or use its TLS port',
        error,
      );
    case 'ECONNRESET':
    case 'ECONNABORTED':
      return address.tls === undefined
        ? noEngine(address, 'it closed the connection', start, error)
        : tlsError(
            address,
            'it closed the connection during the TLS handshake',
            'check the client certificate',
            error,
          );
    default:
      return address.tls === undefined
        ? noEngine(address, error.message, start, error)
        : tlsError(
            address,
            tlsReason(error),
            'check ca.pem, cert.pem and key.pem, and the name that the address uses',
            error,
          );
  }
}

function permissionRemedy(): string {
  switch (process.platform) {
    case 'linux':
      return 'become a member of the group "docker" (sudo usermod -aG docker <you>, then log in again), or run this as root';
    case 'win32':
      return 'become a member of the group "docker-users" (its administrator: net localgroup docker-users <you> /add, then log in again)';
    default:
      return 'see whom that socket belongs to, and start Docker (Docker Desktop, OrbStack, colima) as yourself';
  }
}

/** OpenSSL's messages have line ends and places in its source around the words that matter. */
function tlsReason(error: Error & { reason?: string }): string {
  return error.reason ?? error.message;
}

function badTlsFiles(address: EngineAddress, error: Error): UserError {
  return tlsError(
    address,
    `the TLS files are unusable (${error.message})`,
    'check ca.pem, cert.pem and key.pem',
    error,
  );
}

function tlsError({ url, origin }: EngineAddress, reason: string, remedy: string, cause: Error): UserError {
  return new UserError(
    'ENGINE_TLS',
    `No safe connection to the engine at ${url} (${origin}): ${reason}; ${remedy}.`,
    { cause },
  );
}
