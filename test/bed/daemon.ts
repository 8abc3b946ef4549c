import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { lastLines } from './command.js';
import type { Machine, SharedFolder } from './machine.js';
import type { RootName } from './packages.js';

/** Docker's engines, by version and image store. */
const dockers = {
  '20-overlay2': { root: 'bookworm', containerd: false },
  '26-overlay2': { root: 'trixie', containerd: false },
  '26-containerd': { root: 'trixie', containerd: true },
  '28-overlay2': { root: 'forky', containerd: false },
  '28-containerd': { root: 'forky', containerd: true },
} as const satisfies Record<string, { root: RootName; containerd: boolean }>;

/** Podman 4.3, 5.4 and 5.8. */
const podmans = {
  'podman-4': { root: 'podman-bookworm' },
  'podman-5.4': { root: 'podman-trixie' },
  'podman-5': { root: 'podman-forky' },
} as const satisfies Record<string, { root: RootName }>;

/** All engines, as tests name them. */
export const engines = { ...dockers, ...podmans };

export type DockerName = keyof typeof dockers;
export type PodmanName = keyof typeof podmans;
export type EngineName = DockerName | PodmanName;

/** Docker's. */
export const engineNames = Object.keys(dockers) as DockerName[];

export const podmanNames = Object.keys(podmans) as PodmanName[];

export function isPodman(name: EngineName): name is PodmanName {
  return name in podmans;
}

/** A dockerd, or podman's service, in a machine. */
export interface Daemon {
  /** Absolute path of its socket, as seen from here. */
  socket: string;
  docker: Docker;
  /** Starts it and waits until it answers. Throws its last lines where it does not. */
  start(): Promise<void>;
  /** Ends it, as `systemctl stop docker` does (SIGTERM), or in the middle of whatever it does (SIGKILL). */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** What it printed. */
  log(): Promise<string>;
}

export interface DaemonOptions {
  engine: DockerName;
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
    ...(dockers[engine].containerd
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
  return daemonAt(machine, {
    name: 'dockerd',
    argv: [...launcher, 'dockerd', '--config-file', join(socketFolder.inside, 'daemon.json')],
    socket: join(socketFolder.outside, 'docker.sock'),
    gaveUp: /^failed to start daemon|unable to configure the Docker daemon/m,
  });
}

export interface DaemonProgram {
  /** Its name, and that of its log. */
  name: string;
  argv: readonly string[];
  /** Its socket as seen from here. */
  socket: string;
  /** What it prints where it will not come up. */
  gaveUp: RegExp;
}

/** A program that offers the engine's API at a socket. */
export function daemonAt(machine: Machine, { name, argv, socket, gaveUp }: DaemonProgram): Daemon {
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
    log: () => machine.log(name),
    async start() {
      const before = (await machine.log(name)).length;
      await machine.spawn(name, argv);
      const deadline = Date.now() + 180_000;
      while (!(await answers())) {
        const said = (await machine.log(name)).slice(before);
        if (gaveUp.test(said) || Date.now() > deadline)
          throw new Error(`${name} does not start: ${lastLines(said)}`);
        await sleep(50);
      }
    },
    stop: (signal = 'SIGTERM') => machine.end(name, signal),
  };
}

const pidfile = '/run/docker/dockerd.pid';
