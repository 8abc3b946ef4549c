import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type Docker from 'dockerode';
import { command } from './command.js';
import {
  type Daemon,
  daemonOf,
  type DockerName,
  type EngineName,
  engines,
  isPodman,
  prepareDaemon,
} from './daemon.js';
import { bedId, folders } from './folders.js';
import { allowForwarding } from './forwarding.js';
import { connect, removeLink } from './link.js';
import { withLock } from './lock.js';
import {
  findMachine,
  type Machine,
  removeControlGroups,
  removeEmptyControlGroup,
  startMachine,
  stopMachine,
} from './machine.js';
import { engineNetwork, hostNetwork, insecureRange, releaseNumber, takeNumber } from './numbers.js';
import { PODMAN_GROUP, podmanGroups, podmanOf, preparePodman } from './podman.js';
import { suiteRoot } from './suite.js';

/** A running engine of the test bed, Docker's in this machine's network, podman in one of its own. */
export interface BedEngine {
  name: EngineName;
  /** Where the ports of its containers are published. */
  address: string;
  /** This machine's address as the engine sees it. */
  gateway: string;
  /** Absolute path of its socket. */
  socket: string;
  /** The same as an address: `unix:///…`. */
  url: string;
  /** The process environment in which a docker client reaches this engine and no other. */
  env: NodeJS.ProcessEnv;
  docker: Docker;
  /** Where it looks for the certificates of registries (`<host:port>/ca.crt`). */
  certificates: string;
  /** Ends dockerd and starts it again: `SIGKILL` as if it crashed. Not for an engine that is shared. */
  restart(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends dockerd in the middle of whatever it does. Not for an engine that is shared. */
  kill(): Promise<void>;
  /** What dockerd printed. */
  log(): Promise<string>;
  /** Ends the engine and removes its data. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** A label that makes it an engine of one's own, beside the shared one of that name, to be stopped by its user. */
  own?: string;
  /** Variables that its dockerd has, where it is one of your own. */
  variables?: Readonly<Record<string, string>>;
}

/** The engine of that name: the one that is up already, in whichever process, or a new one. */
export async function engine(name: EngineName, options: EngineOptions = {}): Promise<BedEngine> {
  const instance = options.own === undefined ? name : `${name}.${options.own}-${process.pid}`;
  const root = await suiteRoot(engines[name].root);
  // Every time: an engine of the machine's own may have started since the last.
  await withLock('forwarding', allowForwarding);
  return withLock(`engine-${instance}`, async () => {
    const folder = join(enginesFolder, instance);
    const machine = await findMachine(folder);
    if (machine) {
      const daemon = engineDaemon(name, machine);
      if (await answers(daemon)) return bedEngine(name, folder, daemon, await placeOf(folder));
    }
    if (existsSync(folder)) await stopEngine(folder);
    const daemon = await startEngine(name, folder, { root, ...options });
    return bedEngine(name, folder, daemon, await placeOf(folder));
  });
}

/** The engine that runs in a machine of this name. */
export function engineDaemon(name: EngineName, machine: Machine): Daemon {
  if (isPodman(name)) return podmanOf(machine, { socketPath: join(machine.folder, 'docker.sock') });
  return daemonOf(machine, socketFolder(machine.folder));
}

/** The name of the engine that was started in a folder. */
export function engineOf(folder: string): EngineName {
  return basename(folder).replace(/\.\D.*$/, '') as EngineName;
}

/** Folders of all engines that have been started and not stopped. */
export async function engineFolders(): Promise<string[]> {
  const names = await readdir(enginesFolder).catch(() => []);
  return names.map((name) => join(enginesFolder, name));
}

/** Ends the engine of a folder, however it is, and removes all that it has made on this machine. */
export async function stopEngine(folder: string): Promise<void> {
  const number = await numberIn(folder, 'number');
  const link = await numberIn(folder, 'link');
  const bridges = await userBridges(folder);
  const groups = await podmanGroups(join(folder, 'data'));
  await stopMachine(folder);
  for (const group of [controlGroup(folder), ...groups]) await removeControlGroups(group);
  await removeEmptyControlGroup(PODMAN_GROUP);
  for (const bridge of bridges) await removeLink(bridge);
  if (link !== undefined) {
    await removeLink(hostNetwork(link).link);
    await releaseNumber('host', link);
  }
  if (number === undefined) return;
  await removeLink(engineNetwork(number).bridge);
  await releaseNumber('engine', number);
}

async function numberIn(folder: string, file: string): Promise<number | undefined> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

/** Where it and this machine see each other. */
async function placeOf(folder: string): Promise<Pick<BedEngine, 'address' | 'gateway'>> {
  const link = await numberIn(folder, 'link');
  if (link === undefined) return { address: 'localhost', gateway: 'localhost' };
  const { near, far } = hostNetwork(link);
  return { address: far, gateway: near };
}

const enginesFolder = join(folders.run, 'engines');

/** dockerd sees the same files as we do. */
const socketFolder = (folder: string) => ({ inside: folder, outside: folder });

const controlGroup = (folder: string) => `${bedId}-${folder.slice(folder.lastIndexOf('/') + 1)}`;

async function startEngine(
  name: EngineName,
  folder: string,
  { root, variables = {} }: EngineOptions & { root: string },
): Promise<Daemon> {
  const machine = await startMachine(folder, { root, ownNetwork: isPodman(name) });
  try {
    const daemon = await (isPodman(name)
      ? preparePodmanIn(machine)
      : prepareDocker(name, machine, variables));
    await daemon.start();
    return daemon;
  } catch (error) {
    await stopEngine(folder);
    throw new Error(`The engine ${name} cannot be started: ${(error as Error).message}`, { cause: error });
  }
}

/** Podman publishes ports by rules in the tables of its network, which therefore is one of its own. */
async function preparePodmanIn(machine: Machine): Promise<Daemon> {
  const { folder } = machine;
  const number = await takeNumber('host');
  await writeFile(join(folder, 'link'), String(number));
  const ends = hostNetwork(number);
  await connect(machine, ends);
  await machine.run(['ip', 'route', 'add', 'default', 'via', ends.near]);
  const options = { graph: join(folder, 'data'), gateway: ends.near };
  return preparePodman(machine, { ...options, socketPath: join(folder, 'docker.sock') });
}

async function prepareDocker(
  name: DockerName,
  machine: Machine,
  variables: Readonly<Record<string, string>>,
): Promise<Daemon> {
  const { folder } = machine;
  const number = await takeNumber('engine');
  await writeFile(join(folder, 'number'), String(number));
  const { bridge, address, pool } = engineNetwork(number);
  await removeLink(bridge);
  await command(['ip', 'link', 'add', bridge, 'type', 'bridge']);
  await command(['ip', 'address', 'add', address, 'dev', bridge]);
  await command(['ip', 'link', 'set', bridge, 'up']);
  return prepareDaemon(machine, {
    engine: name,
    socketFolder: socketFolder(folder),
    settings: {
      hosts: [`unix://${join(folder, 'docker.sock')}`],
      'data-root': join(folder, 'data'),
      bridge,
      'default-address-pools': [pool],
      'cgroup-parent': `/${controlGroup(folder)}`,
      'insecure-registries': [insecureRange],
      // Engines share the tables of the machine's network: none of them writes there, so none disturbs another
      // or leaves anything behind. Ports are published by docker-proxy alone.
      iptables: false,
      ip6tables: false,
      'ip-forward': false,
      'userland-proxy': true,
    },
    launcher: ['env', ...Object.entries(variables).map((pair) => pair.join('='))],
  });
}

function bedEngine(
  name: EngineName,
  folder: string,
  daemon: Daemon,
  place: Pick<BedEngine, 'address' | 'gateway'>,
): BedEngine {
  const { docker } = daemon;
  const socket = join(folder, 'docker.sock');
  const url = `unix://${socket}`;
  return {
    name,
    ...place,
    socket,
    url,
    env: { ...withoutDockerVariables(process.env), DOCKER_HOST: url },
    docker,
    certificates: join(folder, isPodman(name) ? 'etc-containers' : 'etc-docker', 'certs.d'),
    async restart(signal) {
      await daemon.stop(signal);
      await daemon.start();
    },
    kill: () => daemon.stop('SIGKILL'),
    log: () => daemon.log(),
    stop: () => stopEngine(folder),
  };
}

function withoutDockerVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('DOCKER_')));
}

const answers = (daemon: Daemon) =>
  daemon.docker.ping().then(
    () => true,
    () => false,
  );

/** Bridges of networks that the engine's users created: read from its database, since it may not run any more. */
async function userBridges(folder: string): Promise<string[]> {
  const database = await readFile(join(folder, 'data/network/files/local-kv.db'), 'latin1').catch(() => '');
  return [...new Set(database.match(/\bbr-[0-9a-f]{12}\b/g))];
}
