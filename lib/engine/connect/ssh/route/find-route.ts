import type { Duplex } from 'node:stream';
import { UserError } from '../../../../text/user-error.js';
import type { EngineAddress } from '../../../types.js';
import type { Dial } from '../../dial.js';
import { DEFAULT_SOCKET_PATH } from '../../host.js';
import { NO_SESSION } from '../shared-logins.js';
import type { SshConnection } from '../types.js';
import { podmanRoutes } from './podman.js';
import { ProcessSocket } from './process-socket.js';
import { PYTHON_BRIDGE } from './python-bridge.js';
import { runProgram, RunsNoPrograms, startProgram } from './run-program.js';
import { whyNoRoute } from './why-no-route.js';

/**
 * Finds a way from a login on the engine's machine to the engine: by the docker client there, by a forwarded socket, by
 * socat or python3, and by those with `sudo -n` where the user may not use the socket; then by podman. The first that
 * leads to an answer is taken; the connection over which it came is the first that is dialled.
 *
 * @param timeout milliseconds that each way may take to answer
 * @throws {UserError} `NO_ENGINE`, `ENGINE_PERMISSION`
 */
export async function findRoute(
  connection: SshConnection,
  address: EngineAddress,
  timeout: number,
): Promise<Dial> {
  const { socketPath } = connection.target;
  const path = socketPath ?? DEFAULT_SOCKET_PATH;
  const client = ['docker', ...(socketPath === undefined ? [] : ['-H', `unix://${path}`])];
  const dialStdio = [...client, 'system', 'dial-stdio'];
  // Exactly this command, without a wrapper: it may be the only one that the account is allowed to run.
  const bare: Dial = async () => new ProcessSocket(await connection.exec(dialStdio));
  const byBareClient = await tryRoutes([bare], timeout);
  if (byBareClient) return byBareClient;

  const byProgram =
    (...argv: string[]): Dial =>
    async () =>
      new ProcessSocket(await startProgram(connection, argv, timeout));
  const account = await accountOf(connection, timeout);
  // socat would end half a second after the first half-close.
  const socat = ['socat', '-t', '604800', '-', `UNIX-CONNECT:${path}`];
  const python = ['python3', '-c', PYTHON_BRIDGE, path];
  const programs = [socat, python, ...[dialStdio, socat, python].map((argv) => ['sudo', '-n', ...argv])];
  const routes: Dial[] = [
    ...(account === 'noisy' ? [byProgram(...dialStdio)] : []),
    () => connection.openSocket(path),
    ...(account === 'runs no programs'
      ? []
      : [...programs.map((argv) => byProgram(...argv)), ...podmanRoutes(connection, timeout)]),
  ];
  const route = await tryRoutes(routes, timeout);
  if (route) return route;
  throw await whyNoRoute(connection, address, timeout);
}

/** The first of some ways that leads to an engine. */
async function tryRoutes(routes: readonly Dial[], timeout: number): Promise<Dial | undefined> {
  for (const route of routes) {
    try {
      return startingWith(await probe(route, timeout), route);
    } catch (error) {
      if (isConnectionFailure(error)) throw error;
    }
  }
  return undefined;
}

/**
 * How an account reacts to a request for a program: runs it, runs it after printing something of its own, or runs
 * something else.
 */
async function accountOf(
  connection: SshConnection,
  timeout: number,
): Promise<'quiet' | 'noisy' | 'runs no programs'> {
  try {
    return (await runProgram(connection, ['true'], timeout)).noisy ? 'noisy' : 'quiet';
  } catch (error) {
    if (error instanceof RunsNoPrograms || !isConnectionFailure(error)) return 'runs no programs';
    throw error;
  }
}

/**
 * Asks for `/_ping`.
 *
 * @returns the connection, over which the answer has come whole
 */
async function probe(route: Dial, timeout: number): Promise<Duplex> {
  const socket = await route();
  let answer = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), timeout);
      socket.once('close', () => clearTimeout(timer));
      socket.once('error', reject);
      socket.once('end', () => reject(new Error('closed')));
      socket.on('data', function read(chunk: Buffer) {
        answer += chunk.toString('latin1');
        if (!'HTTP/1.'.startsWith(answer.slice(0, 7))) return reject(new Error('no HTTP'));
        if (!isWhole(answer)) return;
        clearTimeout(timer);
        // Keeps reading, so that the end of the connection is noticed.
        socket.off('data', read).resume();
        resolve();
      });
      socket.write('GET /_ping HTTP/1.1\r\nHost: docker.invalid\r\n\r\n');
    });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.on('error', () => {});
  }
  return socket;
}

/** Whether all of an HTTP answer is there, as far as its head tells its length. */
function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const [, length = 0] = /^content-length: *(\d+)/im.exec(answer.slice(0, end)) ?? [];
  return answer.length >= end + 4 + Number(length);
}

function startingWith(socket: Duplex, dial: Dial): Dial {
  let first: Duplex | undefined = socket;
  return () => {
    const ready = first;
    first = undefined;
    return ready && !ready.destroyed ? Promise.resolve(ready) : dial();
  };
}

function isConnectionFailure(error: unknown): boolean {
  return error instanceof UserError && error.code !== NO_SESSION;
}
