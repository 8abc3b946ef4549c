import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Dial } from '../../dial.js';
import type { SshConnection } from '../types.js';
import { ProcessSocket } from './process-socket.js';
import { startProgram } from './run-program.js';

/** Leads to a service where its socket may be used, and else ends at once, which podman itself does not. */
const TO_SERVICE = `socket=$1
[ -n "$socket" ] || socket=\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/podman/podman.sock
[ -w "$socket" ] && exec podman --url "unix://$socket" system dial-stdio`;

/** The service of the user, whose socket that machine knows, and of root. */
const USERS = '';
const ROOTS = '/run/podman/podman.sock';

/**
 * Ways to podman on that machine: its service where one listens, the user's own before that of root, and else one that
 * is started for the time of the login.
 *
 * @param timeout milliseconds that a program may take to begin
 */
export function podmanRoutes(connection: SshConnection, timeout: number): Dial[] {
  const toService = (socketPath: string, ...before: string[]): Dial => {
    const argv = [...before, 'sh', '-c', TO_SERVICE, 'sh', socketPath];
    return async () => new ProcessSocket(await startProgram(connection, argv, timeout));
  };
  const { socketPath } = connection.target;
  if (socketPath !== undefined) return [toService(socketPath), toService(socketPath, 'sudo', '-n')];
  return [
    toService(USERS),
    toService(ROOTS),
    onDemand(connection, [], timeout),
    toService(ROOTS, 'sudo', '-n'),
    onDemand(connection, ['sudo', '-n'], timeout),
  ];
}

/** Prints the socket of a service of its own, which ends with the input, as it does when the login ends. */
const SERVE = `
command -v podman >/dev/null || exit 127
umask 077
dir=$(mktemp -d) || exit 1
podman system service --time 0 "unix://$dir/podman.sock" </dev/null >&2 &
service=$!
# Without rights, what serves is a child of what was started.
trap 'kill $service $(cat /proc/$service/task/$service/children) 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT PIPE TERM
until [ -S "$dir/podman.sock" ]; do
  kill -0 $service 2>/dev/null || exit 1
  sleep 0.05 2>/dev/null || sleep 1
done
echo "$dir/podman.sock"
cat >/dev/null
`;

interface Service {
  socketPath: string;
  ended: boolean;
}

function onDemand(connection: SshConnection, before: readonly string[], timeout: number): Dial {
  let service: Promise<Service> | undefined;
  return async () => {
    if (service === undefined || (await service).ended) service = serve(connection, before, timeout);
    const begun = service;
    const { socketPath } = await begun.catch((error: unknown) => {
      if (service === begun) service = undefined;
      throw error;
    });
    const argv = [...before, 'podman', '--url', `unix://${socketPath}`, 'system', 'dial-stdio'];
    return new ProcessSocket(await startProgram(connection, argv, timeout));
  };
}

async function serve(
  connection: SshConnection,
  before: readonly string[],
  timeout: number,
): Promise<Service> {
  const program = await startProgram(connection, [...before, 'sh', '-c', SERVE], timeout);
  program.stderr.resume();
  const socketPath = await firstLine(program.stdout);
  if (socketPath === undefined) throw new Error('podman starts no service');
  const service = { socketPath, ended: false };
  const end = () => (service.ended = true);
  program.exit.then(end, end);
  return service;
}

/** Undefined where the stream ends before. */
async function firstLine(stream: Readable): Promise<string | undefined> {
  let line = '';
  stream.on('data', (chunk: Buffer) => (line += chunk.toString()));
  while (!line.includes('\n')) {
    if (stream.readableEnded || stream.destroyed) return undefined;
    await Promise.race(['data', 'end', 'close'].map((event) => once(stream, event)));
  }
  return line.slice(0, line.indexOf('\n'));
}
