import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, daemonAt } from './daemon.js';
import type { Machine } from './machine.js';
import { users } from './suite.js';

export interface PodmanOptions {
  /** Folder of images and containers, as the machine sees it; podman's own choice unless given. */
  graph?: string;
  /** This machine's address as the other sees it: registries there may speak plain HTTP. */
  gateway: string;
  /** Socket of the service, as the machine sees it. */
  socketPath: string;
  /** Stands before `podman`: a program that runs it as another user. */
  launcher?: readonly string[];
}

/** Writes podman's settings, and gives its service (`podman system service`), which is not started yet. */
export async function preparePodman(machine: Machine, options: PodmanOptions): Promise<Daemon> {
  const { graph, gateway, launcher } = options;
  const files = {
    // Without rights, pasta would want a route out, which the machine does not have.
    'containers.conf': `${CONTAINERS_CONF}${launcher ? 'default_rootless_network_cmd = "slirp4netns"\n' : ''}`,
    'storage.conf': [
      '[storage]',
      'driver = "overlay"',
      ...(graph ? ['runroot = "/run/containers/storage"', `graphroot = "${graph}"`] : []),
      '',
    ].join('\n'),
    'registries.conf': `[[registry]]\nlocation = "${gateway}"\ninsecure = true\n`,
  };
  await machine.run(['sh', '-c', SURROUNDINGS]);
  for (const [name, content] of Object.entries(files)) {
    await machine.run(['tee', `/etc/containers/${name}`], content);
  }
  return podmanOf(machine, options);
}

/** A service that was prepared before, maybe by another process. */
export function podmanOf(
  machine: Machine,
  { socketPath, launcher = [] }: Pick<PodmanOptions, 'socketPath' | 'launcher'>,
): Daemon {
  const quiet = ['env', 'PODMAN_IGNORE_CGROUPSV1_WARNING=1', 'TMPDIR=/var/tmp'];
  const service = ['podman', 'system', 'service', '--time', '0', `unix://${socketPath}`];
  return daemonAt(machine, {
    name: 'podman',
    argv: [...quiet, ...launcher, ...service],
    // What the machine has mounted for itself is seen from here by way of its init.
    socket: join('/proc', String(machine.pid), 'root', socketPath),
    gaveUp: /^Error: /m,
  });
}

/** Who runs podman without rights, and where its socket is then. */
export async function prepareRootlessPodman(
  machine: Machine,
): Promise<Pick<PodmanOptions, 'socketPath' | 'launcher'>> {
  const user = users.none;
  const runtime = `/run/user/${(await machine.run(['id', '-u', user])).trim()}`;
  const home = `/home/${user}`;
  const data = `${home}/.local/share/containers`;
  await machine.run([
    'sh',
    '-ec',
    `printf '%s:200000:65536\\n' ${user} >/etc/subuid
    cp /etc/subuid /etc/subgid
    install -d -m 700 -o ${user} -g ${user} ${runtime} /var/lib/containers/${user} ${home}/.local
    install -d -m 700 -o ${user} -g ${user} ${home}/.local/share ${data} ${runtime}/podman
    mount --bind /var/lib/containers/${user} ${data}`,
  ]);
  const asUser = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
  const env = ['env', `XDG_RUNTIME_DIR=${runtime}`, `HOME=${home}`, `USER=${user}`];
  return { socketPath: `${runtime}/podman/podman.sock`, launcher: [...asUser, ...env] };
}

/** What all podmans of a machine make their control groups in. */
export const PODMAN_GROUP = 'libpod_parent';

/** The control groups of the containers in a folder of images and containers, which outlive an engine that is killed. */
export async function podmanGroups(graph: string): Promise<string[]> {
  const file = join(graph, 'overlay-containers/containers.json');
  const text = await readFile(file, 'utf8').catch(() => '[]');
  const containers = JSON.parse(text) as { id: string }[];
  return containers.flatMap(({ id }) => [
    `${PODMAN_GROUP}/libpod-${id}`,
    `${PODMAN_GROUP}/libpod-conmon-${id}`,
  ]);
}

/** No systemd, and limits that a machine without CAP_SYS_RESOURCE may grant. */
const CONTAINERS_CONF = `
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=60000:60000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
`;

/**
 * Where both versions of control groups are mounted, crun works with neither. Podmans of different machines must not
 * share locks, nor change the devices of this machine.
 */
const SURROUNDINGS = `
umount /sys/fs/cgroup/unified 2>/dev/null
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
[ -e /etc/resolv.conf ] || : >/etc/resolv.conf
mkdir -p /run/podman /run/devices
mknod -m 666 /run/devices/tun c 10 200 && mount --bind /run/devices/tun /dev/net/tun
mknod -m 666 /run/devices/fuse c 10 229 && mount --bind /run/devices/fuse /dev/fuse
:
`;
