import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bed, type BedEngine, type BedHost, type EngineName, isPodman } from '../../test/bed/index.js';
import { suiteRoot } from '../../test/bed/suite.js';
import { type SshHome, sshHome } from '../../test/e2e/engine/ssh-home.js';
import { removeImages } from '../../test/e2e/transfer/workbench.js';
import { type Consumption, consumption, type Program } from './consumption.js';

/** The compiled program. */
export const PROGRAM = new URL('../../dist/bin/transfer-image.js', import.meta.url).pathname;

/** An engine of this machine, and a host behind a link. */
export interface TransferBench {
  here: BedEngine;
  host: BedHost;
  home: SshHome;
  /** What ours runs on. */
  node: string;
  /** What loads an image on the host. */
  load: string;
  close(): Promise<void>;
}

export interface BenchOptions {
  from: EngineName;
  to: EngineName;
  /** Mbit/s; unlimited without it. */
  rate?: number;
  node?: string;
}

export async function openBench({
  from,
  to,
  rate,
  node = process.execPath,
}: BenchOptions): Promise<TransferBench> {
  const here = await bed.engine(from);
  const host = await bed.host({ engine: to, name: 'far', rate });
  const home = await sshHome(host);
  await bed.baseImages(here.docker, ['busybox:latest']);
  const close = async () => {
    await home.remove();
    await host.stop();
  };
  return { here, host, home, node, load: isPodman(to) ? 'podman load' : 'docker load', close };
}

export interface Transferred extends Consumption {
  /** On the wire, both directions. */
  bytes: number;
}

/** What a user types to bring an image to the host. */
export type Way = (bench: TransferBench, reference: string) => Program;

const line =
  (script: string): Way =>
  ({ here, host, home, load }, reference) => ({
    argv: ['bash', '-o', 'pipefail', '-c', script, 'bash', here.url, reference, `root@${host.address}`, load],
    env: home.env,
  });

export const OURS: Way = ({ here, host, home, node }, reference) => ({
  argv: [node, PROGRAM, reference, '--from', here.url, `root@${host.address}`],
  env: home.env,
});

/** The ways without a registry; the first is the plainest. */
export const PIPES: Readonly<Record<string, Way>> = {
  'save | ssh load': line('docker -H "$1" save "$2" | ssh "$3" "$4"'),
  'save | gzip -1 | ssh load': line('docker -H "$1" save "$2" | gzip -1 | ssh "$3" "$4"'),
  'save | zstd -1 | ssh load': line('docker -H "$1" save "$2" | zstd -1 -q | ssh "$3" "$4"'),
  'save | zstd -3 -T0 | ssh load': line('docker -H "$1" save "$2" | zstd -3 -T0 -q | ssh "$3" "$4"'),
};

const REGISTRY = 'localhost:5555';

/** Needs {@link openTunnel}. */
export const THROUGH_TUNNEL = line(
  `set -e; docker -H "$1" tag "$2" ${REGISTRY}/"$2"; docker -H "$1" push -q ${REGISTRY}/"$2"; ` +
    `ssh "$3" docker pull -q ${REGISTRY}/"$2"; docker -H "$1" rmi ${REGISTRY}/"$2"`,
);

/** Carries an image to the host. */
export async function carry(bench: TransferBench, way: Way, reference: string): Promise<Transferred> {
  const before = await bench.host.bytes();
  // What the one before has left to be written shall not slow this one down.
  await promisify(execFile)('sync');
  const used = await consumption(way(bench, reference), [engineMachine(bench.here), bench.host.pid]);
  const after = await bench.host.bytes();
  return { ...used, bytes: after.sent - before.sent + after.received - before.received };
}

/** Process ID of the init of the machine that an engine of the test bed runs in. */
export function engineMachine({ socket }: BedEngine): number {
  return parseInt(readFileSync(join(dirname(socket), 'init.pid'), 'utf8'));
}

/** Removes what was carried there. */
export async function removeThere({ host }: TransferBench, name: string): Promise<void> {
  await removeImages(host.docker, name);
  await removeImages(host.docker, `${REGISTRY}/${name}`);
}

/** Starts a registry on the host and the tunnel to it; gives what ends the tunnel. */
export async function openTunnel({ host, home }: TransferBench): Promise<() => Promise<void>> {
  const config = [
    'version: 0.1',
    'storage: { filesystem: { rootdirectory: /var/lib/bench-registry } }',
    'http: { addr: "127.0.0.1:5555" }',
  ].join('\n');
  // Not every release of Debian that hosts are of has it.
  const program = join(await suiteRoot('bookworm'), 'usr/bin/docker-registry');
  const there = `/proc/${host.pid}/root/usr/local/bin/docker-registry`;
  if (!existsSync(there)) await copyFile(program, there);
  const start = [
    '! test -e /tmp/registry.pid || kill -9 "$(cat /tmp/registry.pid)"',
    'rm -rf /var/lib/bench-registry',
    'printf "%s" "$1" > /tmp/registry.yml',
    'setsid docker-registry serve /tmp/registry.yml >/dev/null 2>&1 & echo $! > /tmp/registry.pid',
  ].join('\n');
  await host.run(['sh', '-c', start, 'sh', config]);
  const words = ['-N', '-o', 'ExitOnForwardFailure=yes', '-L', '5555:127.0.0.1:5555', `root@${host.address}`];
  // It says each time that the registry does not listen yet.
  const tunnel = spawn('ssh', ['-q', ...words], { env: home.env, stdio: 'inherit' });
  while (!(await answers('http://127.0.0.1:5555/v2/'))) await sleep(50);
  return async () => {
    const ended = once(tunnel, 'exit');
    tunnel.kill();
    await ended;
  };
}

/** Behind the tunnel the registry may not have started yet. */
async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
