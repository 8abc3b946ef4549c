import type { Duplex } from 'node:stream';
import { UserError } from '../../../../text/user-error.js';
import type { EngineAddress } from '../../../types.js';
import { type Dial, noEngine } from '../../dial.js';
import { DEFAULT_SOCKET_PATH } from '../../host.js';
import { displayTarget } from '../errors.js';
import type { SshConnection } from '../types.js';
import { ProcessSocket, ProgramFailure } from './process-socket.js';
import { PYTHON_BRIDGE } from './python-bridge.js';
import { runProgram } from './run-program.js';

/**
 * Finds a way from a login on the engine's machine to the engine: by the docker client there, by a forwarded socket, by
 * socat or python3, and by those with `sudo -n` where the user may not use the socket. The first that leads to an answer
 * is taken; the connection over which it came is the first that is dialled.
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
  const byProgram =
    (...argv: string[]): Dial =>
    async () =>
      new ProcessSocket(await connection.exec(argv));

  const client = [
    'docker',
    ...(socketPath === undefined ? [] : ['-H', `unix://${path}`]),
    'system',
    'dial-stdio',
  ];
  // socat would end half a second after the first half-close.
  const socat = ['socat', '-t', '604800', '-', `UNIX-CONNECT:${path}`];
  const python = ['python3', '-c', PYTHON_BRIDGE, path];
  const routes: Dial[] = [
    byProgram(...client),
    () => connection.openSocket(path),
    byProgram(...socat),
    byProgram(...python),
    byProgram('sudo', '-n', ...client),
    byProgram('sudo', '-n', ...socat),
    byProgram('sudo', '-n', ...python),
  ];
  const said: string[] = [];
  for (const route of routes) {
    try {
      return startingWith(await probe(route, timeout), route);
    } catch (error) {
      if (error instanceof UserError) throw error; // The connection to the machine failed, not this way to its engine.
      if (error instanceof ProgramFailure) said.push(error.said);
    }
  }
  throw await explain(connection, address, path, said.join('\n'));
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
        // It is read on, so that its end is noticed.
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

async function explain(
  connection: SshConnection,
  address: EngineAddress,
  path: string,
  said: string,
): Promise<UserError> {
  const host = displayTarget(connection.target);
  if (!(await succeeds(connection, ['test', '-S', path]))) {
    return noEngine(
      address,
      `there is no socket ${path} on that machine, nor a docker client that knows of an engine`,
      'install and start Docker there, or give the path of the socket as ssh://host/path',
    );
  }
  if (/permission denied/i.test(said) || !(await succeeds(connection, ['test', '-w', path]))) {
    return new UserError(
      'ENGINE_PERMISSION',
      `${host} lets you in, but not at its Docker engine (${path}): add the user there to the group "docker", or allow ` +
        '"sudo -n docker" without a password.',
    );
  }
  if (/Cannot connect to the Docker daemon|connection refused/i.test(said)) {
    return noEngine(address, 'the engine on that machine is not running', 'start Docker there');
  }
  return noEngine(
    address,
    'that machine has no docker client, socat or python3, and its sshd forwards no sockets',
    'install the docker client there, or allow AllowStreamLocalForwarding in its sshd_config',
  );
}

async function succeeds(connection: SshConnection, argv: readonly string[]): Promise<boolean> {
  return (await runProgram(connection, argv)).status === 0;
}
