import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type Docker from 'dockerode';
import { makeCertificate } from './certificate.js';
import { command } from './command.js';
import { type Daemon, type DockerName, type EngineName, engines, isPodman, prepareDaemon } from './daemon.js';
import { bedId, folders } from './folders.js';
import { connect, type Link, removeLink } from './link.js';
import {
  type Machine,
  removeControlGroups,
  removeEmptyControlGroup,
  type SharedFolder,
  startMachine,
  stopMachine,
} from './machine.js';
import { hostNetwork, insecureRange, releaseNumber, takeNumber } from './numbers.js';
import { ensureMachinePackages, roots } from './packages.js';
import { PODMAN_GROUP, podmanGroups, preparePodman, prepareRootlessPodman } from './podman.js';
import { prepareRootless } from './rootless.js';
import { type Login, startSshd } from './sshd.js';
import { suiteRoot, users } from './suite.js';

export interface HostOptions {
  /** Its engine, and with it its Debian release and sshd: 9.2 with 20, 10 with 26 and 28. */
  engine: EngineName;
  /** Its hostname and its name in the ssh configuration; `remote` without one. */
  name?: string;
  /** False: there is no Docker at all, and of podman the program alone, without a service that listens. */
  docker?: boolean;
  /** False: the engine runs, but there is no `docker` program. */
  dockerClient?: boolean;
  /** Lines of sshd_config that win over the usual ones, such as `AllowTcpForwarding no`; no Match blocks. */
  sshd?: readonly string[];
  /** Port of sshd; 22 without one. */
  port?: number;
  /** Size of the disk that the engine's data are on, such as `200m`; the disk of this machine without one. */
  dataSize?: string;
  /** Limit of the link in Mbit/s, both directions. */
  rate?: number;
  /** Further settings of daemon.json. */
  daemon?: Record<string, unknown>;
  /** True: the engine is that of the user with no rights, and nobody else's; with engine 28 and podman. */
  rootless?: boolean;
  /** True: the engine listens at a TCP port, too, with TLS, and wants a certificate of those who come. */
  tls?: boolean;
}

/** A remote host: an address of its own, no route to anywhere but here, an sshd, an engine. */
export interface BedHost extends Link, Login {
  name: string;
  address: string;
  /** This machine's address as the host sees it. */
  gateway: string;
  port: number;
  /** All of them log in by the key: root, one who may `sudo -n` but not use the socket, one with no rights. */
  users: typeof users;
  /** The engine's socket as seen from here, for assertions behind the back of ssh. */
  engineSocket: string;
  docker: Docker;
  /** Process id of the host's init, as nsenter takes it. */
  pid: number;
  /** Runs a program on the host as root, not through ssh. */
  run(argv: readonly string[]): Promise<string>;
  /** Ends the engine and starts it again, `SIGKILL` as if it crashed. */
  restartEngine(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends the engine; `restartEngine` brings it back. */
  stopEngine(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** The engine's socket as the host sees it. */
  socketPath: string;
  /** What a docker client needs in its environment to reach the engine at its TCP port; with `tls`. */
  tlsEnv: NodeJS.ProcessEnv;
  /** What sshd printed, one line an event. */
  sshdLog(): Promise<string>;
  /** What dockerd printed. */
  engineLog(): Promise<string>;
  /** Ends the host and removes all that it held. */
  stop(): Promise<void>;
}

let started = 0;

/** A folder for one more host of that name. */
export function hostFolder(name: string): string {
  return join(hostsFolder, `${name}-${process.pid}-${++started}`);
}

/** Starts a remote host, for its caller alone. */
export async function host(options: HostOptions): Promise<BedHost> {
  const { engine, name = 'remote' } = options;
  await ensureMachinePackages();
  const root = await suiteRoot(engines[engine].root);
  const folder = hostFolder(name);
  const isolated = { hostname: name, dataSize: options.dataSize };
  const machine = await startMachine(folder, { root, isolated });
  try {
    return await furnish(machine, options, name);
  } catch (error) {
    await stopHost(folder);
    throw new Error(`The host ${name} cannot be started: ${(error as Error).message}`, { cause: error });
  }
}

/** Lays a cable between two hosts, so that each can be reached by way of the other (ProxyJump). */
export async function joinHosts(one: BedHost, other: BedHost): Promise<void> {
  const device = `to-${one.pid}-${other.pid}`.slice(0, 15);
  const netns = (host: BedHost) => ['netns', String(host.pid)];
  const peer = ['type', 'veth', 'peer', 'name', device, ...netns(other)];
  await command(['ip', 'link', 'add', device, ...netns(one), ...peer]);
  for (const [host, far] of [
    [one, other],
    [other, one],
  ] as const) {
    await host.run(['ip', 'link', 'set', device, 'up']);
    await host.run(['ip', 'route', 'add', far.address, 'dev', device, 'src', host.address]);
  }
}

/** Folders of all hosts that have been started and not stopped. */
export async function hostFolders(): Promise<string[]> {
  const names = await readdir(hostsFolder).catch(() => []);
  return names.map((name) => join(hostsFolder, name));
}

/** Ends the host of a folder, however it is, and removes all that it has made on this machine. */
export async function stopHost(folder: string): Promise<void> {
  const number = Number(await readFile(join(folder, 'number'), 'utf8').catch(() => 'NaN'));
  if (!Number.isNaN(number)) await removeLink(hostNetwork(number).link);
  const groups = await podmanGroups(join(folder, 'data/storage'));
  await stopMachine(folder);
  for (const group of [controlGroup(folder), ...groups]) await removeControlGroups(group);
  await removeEmptyControlGroup(PODMAN_GROUP);
  if (!Number.isNaN(number)) await releaseNumber('host', number);
}

const hostsFolder = join(folders.run, 'hosts');

const controlGroup = (folder: string) => `${bedId}-${basename(folder)}`;

async function furnish(machine: Machine, options: HostOptions, name: string): Promise<BedHost> {
  const { folder } = machine;
  const { port = 22, docker = true, dockerClient = docker, engine } = options;
  const number = await takeNumber('host');
  await writeFile(join(folder, 'number'), String(number));
  const ends = hostNetwork(number);
  const link = await connect(machine, ends);
  if (options.rate !== undefined) await link.rate(options.rate);
  if (!dockerClient) await machine.run(['rm', '-f', '/usr/bin/docker']);
  const { daemon, socketPath, tlsEnv } = isPodman(engine)
    ? await podmanOn(machine, options, ends.near)
    : await dockerOn(machine, { ...options, engine }, ends.far);
  const [ssh] = await Promise.all([
    startSshd(machine, {
      ...{ name, address: ends.far, port, lines: options.sshd ?? [] },
      suite: roots[engines[engine].root].suite,
    }),
    docker ? daemon.start() : undefined,
  ]);
  return {
    ...link,
    ...ssh,
    name,
    address: ends.far,
    gateway: ends.near,
    port,
    users,
    ...engineOf(daemon),
    socketPath,
    tlsEnv,
    pid: machine.pid,
    run: (argv) => machine.run(argv),
    sshdLog: () => machine.log('sshd'),
    stop: () => stopHost(folder),
  };
}

interface PreparedEngine {
  daemon: Daemon;
  socketPath: string;
  tlsEnv: NodeJS.ProcessEnv;
}

async function podmanOn(machine: Machine, options: HostOptions, gateway: string): Promise<PreparedEngine> {
  const service = options.rootless
    ? await prepareRootlessPodman(machine)
    : { socketPath: '/run/podman/podman.sock' };
  // A user without rights would take these settings, from podman 5 on, for folders of its own.
  const graph = options.rootless && options.engine !== 'podman-4' ? undefined : '/var/lib/containers/storage';
  const daemon = await preparePodman(machine, { ...service, graph, gateway });
  return { daemon, socketPath: service.socketPath, tlsEnv: {} };
}

async function dockerOn(
  machine: Machine,
  options: HostOptions & { engine: DockerName },
  address: string,
): Promise<PreparedEngine> {
  const { folder } = machine;
  const shared = { inside: '/bed', outside: join(folder, 'shared') };
  const rootless = options.rootless ? await prepareRootless(machine, shared.inside) : undefined;
  const socketPath = rootless?.socketPath ?? '/run/docker.sock';
  const tls = options.tls ? await openTlsPort(machine, address, shared) : undefined;
  const daemon = await prepareDaemon(machine, {
    engine: options.engine,
    socketFolder: shared,
    launcher: rootless?.launcher,
    settings: {
      'cgroup-parent': `/${controlGroup(folder)}`,
      'insecure-registries': [insecureRange],
      ...options.daemon,
      ...tls?.settings,
      ...rootless?.settings,
      hosts: [`unix://${socketPath}`, 'unix:///bed/docker.sock', ...(tls ? [tls.url] : [])],
    },
  });
  return { daemon, socketPath, tlsEnv: tls?.env ?? {} };
}

/** A certificate that serves both ends, and what either is told of it. */
async function openTlsPort(machine: Machine, address: string, folder: SharedFolder) {
  const { authority, certificate, key } = await makeCertificate(machine, [address], folder);
  const certificates = join(folder.outside, 'client');
  await mkdir(certificates);
  for (const [name, file] of Object.entries({ ca: authority, cert: certificate, key })) {
    await copyFile(join(folder.outside, basename(file)), join(certificates, `${name}.pem`));
  }
  const url = `tcp://${address}:2376`;
  return {
    url,
    settings: { tlsverify: true, tlscacert: authority, tlscert: certificate, tlskey: key },
    env: { DOCKER_HOST: url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates },
  };
}

function engineOf(daemon: Daemon) {
  return {
    engineSocket: daemon.socket,
    docker: daemon.docker,
    stopEngine: (signal?: 'SIGTERM' | 'SIGKILL') => daemon.stop(signal),
    async restartEngine(signal?: 'SIGTERM' | 'SIGKILL') {
      await daemon.stop(signal);
      await daemon.start();
    },
    engineLog: () => daemon.log(),
  };
}
