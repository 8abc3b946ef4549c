/**
 * An image to a host behind a slow link, in one run against `docker save | gzip | ssh docker load` and against a
 * registry on that host which is reached through an ssh tunnel: the first time, after a change in its top layer, and
 * unchanged. Time, bytes on the wire and, for us, the largest resident memory of the process. Each is what a user types:
 * ours is the compiled `transfer-image`, its start included.
 *
 *     npm run build && npx tsx bench/transfer.ts [--rate 100] [--noise 400] [--prose 100] [--app 5] [--from 28-overlay2]
 *       [--to 20-overlay2]
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { openEngine, resolveEngineAddress } from '../lib/engine/index.js';
import { formatBytes, formatDuration } from '../lib/report/index.js';
import { bed, type BedEngine, type BedHost, type EngineName, isPodman } from '../test/bed/index.js';
import { type SshHome, sshHome } from '../test/e2e/engine/ssh-home.js';
import { buildImage, newName, noise, prose, removeImages } from '../test/e2e/transfer/workbench.js';

const execute = promisify(execFile);

interface Bench {
  here: BedEngine;
  host: BedHost;
  home: SshHome;
  /** What a user types there. */
  client: Client;
}

interface Client {
  load: string;
  /** None where the host's root has no registry. */
  pull?: readonly string[];
}

const DOCKER: Client = { load: 'docker load', pull: ['docker', 'pull', '-q'] };
const PODMAN: Client = { load: 'podman load' };

interface Measured {
  elapsed: number;
  bytes: number;
  memory?: number;
}

/** Brings an image to the host; gives what it measured itself. */
type Way = (bench: Bench, reference: string) => Promise<Partial<Measured> | void>;

const REGISTRY = 'localhost:5555';
const THROUGH_TUNNEL = 'registry through a tunnel';

const ways: Record<string, Way> = {
  transfer: async ({ here, host, home }, reference) => {
    const program = new URL('../dist/bin/transfer-image.js', import.meta.url).pathname;
    const words = [program, reference, '--from', here.url, `root@${host.address}`];
    const child = spawn(process.execPath, words, { env: home.env, stdio: ['ignore', 'ignore', 'inherit'] });
    let memory = 0;
    const look = setInterval(() => (memory = largestMemory(child.pid!) ?? memory), 20);
    const [status] = (await once(child, 'exit')) as [number];
    clearInterval(look);
    if (status !== 0) throw new Error(`transfer-image ended with ${status}.`);
    return { memory };
  },
  'save | gzip | ssh load': async ({ here, host, home, client }, reference) => {
    const line = `docker -H "$1" save "$2" | gzip | ssh "root@$3" ${client.load}`;
    await execute('sh', ['-c', line, 'sh', here.url, reference, host.address], { env: home.env });
  },
  [THROUGH_TUNNEL]: async ({ here, host, home, client }, reference) => {
    const { pull = [] } = client;
    const remote = `${REGISTRY}/${reference}`;
    await execute('docker', ['-H', here.url, 'tag', reference, remote]);
    await execute('docker', ['-H', here.url, 'push', '-q', remote]);
    await execute('ssh', [`root@${host.address}`, ...pull, remote], { env: home.env });
    await execute('docker', ['-H', here.url, 'rmi', remote]);
  },
};

/** Bytes; undefined for a process that has ended. */
function largestMemory(pid: number): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

async function measure(bench: Bench, way: Way, reference: string): Promise<Measured> {
  const before = await bench.host.bytes();
  const started = performance.now();
  const measured = await way(bench, reference);
  const elapsed = performance.now() - started;
  const after = await bench.host.bytes();
  const bytes = after.sent - before.sent + after.received - before.received;
  return { elapsed, bytes, ...measured };
}

/** Starts a registry on the host and the tunnel to it. */
async function openTunnel({ host, home }: Bench): Promise<() => Promise<void>> {
  const config = [
    'version: 0.1',
    'storage: { filesystem: { rootdirectory: /var/lib/bench-registry } }',
    'http: { addr: "127.0.0.1:5555" }',
  ].join('\n');
  const start =
    'printf "%s" "$1" > /tmp/registry.yml; setsid docker-registry serve /tmp/registry.yml >/dev/null 2>&1 &';
  await host.run(['sh', '-c', start, 'sh', config]);
  const words = ['-N', '-o', 'ExitOnForwardFailure=yes', '-L', '5555:127.0.0.1:5555', `root@${host.address}`];
  const tunnel = spawn('ssh', words, { env: home.env, stdio: 'inherit' });
  await sleep(2_000);
  return async () => {
    const ended = once(tunnel, 'exit');
    tunnel.kill();
    await ended;
  };
}

async function removeEverywhere({ host }: Bench, name: string): Promise<void> {
  await removeImages(host.docker, name);
  await removeImages(host.docker, `${REGISTRY}/${name}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '100' },
      noise: { type: 'string', default: '400' },
      prose: { type: 'string', default: '100' },
      app: { type: 'string', default: '5' },
      from: { type: 'string', default: '28-overlay2' },
      to: { type: 'string', default: '20-overlay2' },
    },
  });
  const megabytes = (text: string) => Number(text) * 1e6;
  const to = values.to as EngineName;
  const client = isPodman(to) ? PODMAN : DOCKER;
  const here = await bed.engine(values.from as EngineName);
  const host = await bed.host({ engine: to, name: 'far', rate: Number(values.rate) });
  const home = await sshHome(host);
  const bench = { here, host, home, client };
  const source = await openEngine(resolveEngineAddress({ host: here.url, env: {} }));
  const name = newName();
  const closeTunnel = client.pull && (await openTunnel(bench));
  try {
    await bed.baseImages(here.docker, ['busybox:latest']);
    const base = { noise: noise(megabytes(values.noise)), prose: prose(megabytes(values.prose)) };
    await buildImage(source, `${name}:base`, 'busybox:latest', base);
    for (const tag of ['1', '2']) {
      await buildImage(source, `${name}:${tag}`, `${name}:base`, { app: noise(megabytes(values.app)) });
    }
    const results = new Map<string, Measured[]>();
    for (const [way, carry] of Object.entries(ways)) {
      if (way === THROUGH_TUNNEL && !client.pull) continue;
      const measured: Measured[] = [];
      for (const tag of ['1', '2', '2']) measured.push(await measure(bench, carry, `${name}:${tag}`));
      results.set(way, measured);
      await removeEverywhere(bench, name);
    }
    print(results);
  } finally {
    await closeTunnel?.();
    await removeImages(here.docker, name);
    await source.close();
    await home.remove();
    await host.stop();
  }
}

function print(results: ReadonlyMap<string, readonly Measured[]>): void {
  const ours = results.get('transfer')!;
  for (const [i, what] of ['first time', 'top layer changed', 'unchanged'].entries()) {
    console.log(what);
    for (const [way, measured] of results) {
      const { elapsed, bytes, memory } = measured[i]!;
      const ratio = `${(elapsed / ours[i]!.elapsed).toFixed(1)} times as long`;
      const columns = [
        way.padEnd(27),
        formatDuration(elapsed).padStart(7),
        formatBytes(bytes).padStart(8),
        ratio,
      ];
      console.log(`  ${columns.join('  ')}${memory ? `, ${formatBytes(memory)} of memory` : ''}`);
    }
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
