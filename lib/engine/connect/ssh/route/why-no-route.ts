import { UserError } from '../../../../text/user-error.js';
import type { EngineAddress } from '../../../types.js';
import { noEngine } from '../../dial.js';
import { DEFAULT_SOCKET_PATH } from '../../host.js';
import { displayTarget } from '../errors.js';
import { NO_SESSION } from '../shared-logins.js';
import type { SshConnection } from '../types.js';
import { runProgram, RunsNoPrograms } from './run-program.js';

/** What is to be known of the engine on its machine, a word each. */
const LOOK_AROUND = `
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
path=$1
if [ -z "$path" ]; then
  path=$2
  host=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)
  case $host in unix://*) path=\${host#unix://} ;; esac
fi
for program in docker dockerd podman socat python3; do command -v $program >/dev/null 2>&1 && echo $program; done
[ -S "$path" ] && echo socket
[ -w "$path" ] && echo writable
if [ -r /proc/net/unix ]; then
  grep -q "^[^ ]* [^ ]* [^ ]* 00010000 .*/\${path##*/}\\$" /proc/net/unix || echo unheard
fi
echo "$path"
`;

/** Says why no way leads from a login to the engine on that machine, by what is found there. */
export async function whyNoRoute(
  connection: SshConnection,
  address: EngineAddress,
  timeout: number,
): Promise<UserError> {
  const { socketPath = '' } = connection.target;
  let output: string;
  try {
    const argv = ['sh', '-c', LOOK_AROUND, 'sh', socketPath, DEFAULT_SOCKET_PATH];
    ({ output } = await runProgram(connection, argv, timeout));
  } catch (error) {
    const at = socketPath || DEFAULT_SOCKET_PATH;
    if (error instanceof UserError && error.code === NO_SESSION) {
      return noEngine(
        address,
        `its sshd opens no sessions for that account (MaxSessions), and through it no engine answers at ${at}`,
        'allow sessions, or AllowStreamLocalForwarding, in its sshd_config',
      );
    }
    if (!(error instanceof RunsNoPrograms)) throw error;
    return noEngine(
      address,
      'that account runs no programs (its shell, or a command that is forced on it, does something else), and through ' +
        `its sshd no engine answers at ${at}`,
      'give it a shell, or allow AllowStreamLocalForwarding in its sshd_config',
    );
  }
  const words = output.trim().split('\n');
  const path = words.pop() ?? '';
  return explain(displayTarget(connection.target), address, path, new Set(words));
}

function explain(host: string, address: EngineAddress, path: string, found: ReadonlySet<string>): UserError {
  if (found.has('podman') && !found.has('docker')) {
    return noEngine(
      address,
      'podman on that machine starts no service for you',
      'see there what "podman info" says, or enable podman.socket (systemctl --user enable --now podman.socket)',
    );
  }
  const isInstalled = found.has('docker') || found.has('dockerd');
  if (!found.has('socket') && !isInstalled) {
    return noEngine(
      address,
      `there is no socket ${path} on that machine, nor a docker client that knows of an engine`,
      'install and start Docker there, or give the path of the socket as ssh://host/path',
    );
  }
  if (!found.has('socket') || found.has('unheard')) {
    return noEngine(
      address,
      `the engine on that machine is not running (nobody listens at ${path})`,
      'start Docker there, or give the path of the socket as ssh://host/path',
    );
  }
  if (!found.has('writable')) {
    return new UserError(
      'ENGINE_PERMISSION',
      `${host} lets you in, but not at its Docker engine (${path}): add the user there to the group "docker", or allow ` +
        '"sudo -n docker" without a password.',
    );
  }
  if (!['docker', 'socat', 'python3'].some((program) => found.has(program))) {
    return noEngine(
      address,
      'that machine has no docker client, socat or python3, and its sshd forwards no sockets',
      'install the docker client there, or allow AllowStreamLocalForwarding in its sshd_config',
    );
  }
  return noEngine(
    address,
    `the engine on that machine does not answer at ${path}`,
    'see whether it is still starting, or restart Docker there',
  );
}
