import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { lastLines } from './command.js';
import type { Machine, SharedFolder } from './machine.js';
import type { Suite } from './packages.js';

/** Engine version and image store, as tests name them. */
export const engines = {
  '20-overlay2': { suite: 'bookworm', containerd: false },
  '26-overlay2': { suite: 'trixie', containerd: false },
  '26-containerd': { suite: 'trixie', containerd: true },
  '28-overlay2': { suite: 'forky', containerd: false },
  '28-containerd': { suite: 'forky', containerd: true },
} as const satisfies Record<string, { suite: Suite; containerd: boolean }>;

export type EngineName = keyof typeof engines;

export const engineNames = Object.keys(engines) as EngineName[];

/** A dockerd in a machine. */
export interface Daemon {
  /** Absolute path of its socket, as seen from here. */
  socket: string;
  docker: Docker;
  /** Starts it and waits until it answers. Throws dockerd's last lines where it does not. */
  start(): Promise<void>;
  /** Ends it, as `systemctl stop docker` does (SIGTERM), or in the middle of whatever it does (SIGKILL). */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** What dockerd printed. */
  log(): Promise<string>;
}

export interface DaemonOptions {
  engine: EngineName;
  /** Folder of the socket. */
  socketFolder: SharedFolder;
  /** Further settings of daemon.json. */
  settings: Record<string, unknown>;
  /** Words that stand before `dockerd`, of a program that runs it. */
  launcher?: readonly string[];
}

/** Writes the daemon.json of an engine; nothing is started yet. */
export async function prepareDaemon(machine: Machine, options: DaemonOptions): Promise<Daemon> {
  const { engine, socketFolder, settings, launcher } = options;
  const configuration = {
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    pidfile,
    ...(engines[engine].containerd
      ? { features: { 'containerd-snapshotter': true } }
      : { 'storage-driver': 'overlay2' }),
    ...settings,
  };
  await writeFile(join(socketFolder.outside, 'daemon.json'), JSON.stringify(configuration, null, 2));
  return daemonOf(machine, socketFolder, launcher);
}

/** A daemon that was prepared before, maybe by another process. */
export function daemonOf(
  machine: Machine,
  socketFolder: SharedFolder,
  launcher: readonly string[] = [],
): Daemon {
  const socket = join(socketFolder.outside, 'docker.sock');
  // `host` and `protocol` keep dockerode from preferring a DOCKER_HOST in the environment.
  const docker = new Docker({ socketPath: socket, host: undefined, protocol: 'http' });
  const answers = () =>
    docker.ping().then(
      () => true,
      () => false,
    );
  return {
    socket,
    docker,
    log: () => machine.log('dockerd'),
    async start() {
      const before = (await machine.log('dockerd')).length;
      const dockerd = ['dockerd', '--config-file', join(socketFolder.inside, 'daemon.json')];
      await machine.spawn('dockerd', [...launcher, ...dockerd]);
      const deadline = Date.now() + 180_000;
      while (!(await answers())) {
        const said = (await machine.log('dockerd')).slice(before);
        if (
          /^failed to start daemon/m.test(said) ||
          /unable to configure the Docker daemon/.test(said) ||
          Date.now() > deadline
        ) {
          throw new Error(`dockerd does not start: ${lastLines(said)}`);
        }
        await sleep(50);
      }
    },
    stop: (signal = 'SIGTERM') => machine.end('dockerd', signal),
  };
}

const pidfile = '/run/docker/dockerd.pid';
