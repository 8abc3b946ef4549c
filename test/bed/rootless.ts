import type { Machine } from './machine.js';
import { users } from './suite.js';

/** What runs a dockerd as a user without rights, and what it is told besides. */
export interface Rootless {
  /** Stands before `dockerd`. */
  launcher: readonly string[];
  socketPath: string;
  settings: Record<string, unknown>;
}

/**
 * Prepares a machine for an engine of {@link users}`.none` (rootlesskit), whose docker client knows it by a context.
 *
 * @param folder which the engine's sockets are made in, too
 */
export async function prepareRootless(machine: Machine, folder: string): Promise<Rootless> {
  const user = users.none;
  const runtime = `/run/user/${(await machine.run(['id', '-u', user])).trim()}`;
  const socketPath = `${runtime}/docker.sock`;
  const script = `
    printf '%s:200000:65536\\n' ${user} >/etc/subuid
    cp /etc/subuid /etc/subgid
    install -d -m 700 -o ${user} -g ${user} ${runtime}
    chown ${user} ${folder} /var/lib/docker
    mknod -m 666 /run/tun c 10 200
    mount --bind /run/tun /dev/net/tun
    if command -v docker; then
      su ${user} -c 'docker context create own --docker host=unix://${socketPath} && docker context use own'
    fi`;
  await machine.run(['sh', '-ec', script]);
  const asUser = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
  const env = ['env', `XDG_RUNTIME_DIR=${runtime}`, `HOME=/home/${user}`];
  // Without a network driver, /version makes dockerd panic (moby reads the driver's name).
  const network = ['--net=slirp4netns', '--mtu=65520', '--disable-host-loopback'];
  const kit = ['rootlesskit', ...network, '--copy-up=/etc', '--copy-up=/run', '--propagation=rslave'];
  return {
    launcher: [...asUser, ...env, ...kit],
    socketPath,
    settings: {
      'data-root': '/var/lib/docker',
      iptables: false,
      ip6tables: false,
      pidfile: `${runtime}/docker.pid`,
    },
  };
}
