/**
 * A layer of 300 MB of Debian's python3 packages, built again with all times new and 1 % of its files changed, to a host
 * that has the old one: as a delta, and whole as `--no-delta` sends it. Time, bytes on the wire, and what gzip makes of
 * the changed files and all tar headers. Each is what a user types: the compiled `transfer-image`, its start included.
 *
 *     npm run build && npx tsx bench/transfer-delta.ts [--engine 28-overlay2]… [--rate 20]… [--from 28-overlay2]
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createGzip } from 'node:zlib';

import { formatBytes, formatDuration } from '../lib/report/index.js';
import { LayerScanner } from '../lib/transfer/delta/layer-scanner.js';
import { bed, engineNames, type BedEngine, type BedHost, type EngineName } from '../test/bed/index.js';
import { sshHome, type SshHome } from '../test/e2e/engine/ssh-home.js';
import { newName, removeImages } from '../test/e2e/transfer/workbench.js';

const execute = promisify(execFile);

const PACKAGES = [
  ...['numpy', 'scipy', 'pandas', 'pandas-lib', 'sympy', 'matplotlib', 'sklearn', 'sklearn-lib', 'django'],
  ...['statsmodels', 'statsmodels-lib', 'skimage-lib', 'networkx', 'twisted'],
].map((name) => `python3-${name}`);

/** One file of so many is changed. */
const CHANGED = 100;

/** Brings the packages' files into a folder. */
async function unpackPackages(folder: string): Promise<void> {
  const packages = join(folder, 'packages');
  await mkdir(packages);
  // As apt's own user it could not write here.
  await execute('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...PACKAGES], {
    cwd: packages,
  });
  for (const name of await readdir(packages)) {
    await execute('dpkg-deb', ['-x', join(packages, name), join(folder, 'tree')]);
  }
  await rm(packages, { recursive: true });
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Gives every file the time of day, and each hundredth some other content. */
async function change(folder: string): Promise<void> {
  const now = new Date();
  for (const [i, file] of (await filesIn(folder)).entries()) {
    if (i % CHANGED === 0) await appendFile(file, randomBytes(16).toString('hex'));
    await utimes(file, now, now);
  }
}

/** Hashes of all blocks of the files, and what gzip makes of the headers and of those blocks that are not `known`. */
async function packed(
  folder: string,
  known: ReadonlySet<string>,
): Promise<{ blocks: Set<string>; bytes: number }> {
  const scanner = new LayerScanner();
  const blocks = new Set<string>();
  const gzip = createGzip();
  let bytes = 0;
  gzip.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const tar = spawn('tar', ['-C', folder, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of tar.stdout as AsyncIterable<Buffer>) {
    for (const { bytes, hash } of scanner.push(chunk)) {
      if (hash !== undefined) blocks.add(hash);
      if (hash === undefined || !known.has(hash)) gzip.write(bytes);
    }
  }
  await new Promise<void>((resolve) => gzip.end(resolve).resume().once('end', resolve));
  return { blocks, bytes };
}

interface Bench {
  here: BedEngine;
  host: BedHost;
  home: SshHome;
}

async function build({ url }: BedEngine, reference: string, folder: string): Promise<void> {
  await writeFile(join(folder, 'Dockerfile'), 'FROM busybox:latest\nCOPY tree /\n');
  await execute('docker', ['-H', url, 'build', '-q', '-t', reference, folder], {
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  });
}

async function transfer({ here, host, home }: Bench, reference: string, ...flags: string[]) {
  const program = new URL('../dist/bin/transfer-image.js', import.meta.url).pathname;
  const words = [program, reference, '--from', here.url, `root@${host.address}`, ...flags];
  const before = await host.bytes();
  const started = performance.now();
  await execute(process.execPath, words, { env: home.env });
  const elapsed = performance.now() - started;
  const after = await host.bytes();
  return { elapsed, bytes: after.sent - before.sent + after.received - before.received };
}

async function measure(engine: EngineName, from: EngineName, rates: number[], images: Images): Promise<void> {
  const host = await bed.host({ engine, name: 'far' });
  const home = await sshHome(host);
  home.env.XDG_CACHE_HOME = join(home.folder, 'cache');
  const bench = { here: await bed.engine(from), host, home };
  try {
    await bed.baseImages(host.docker, ['busybox:latest']);
    await transfer(bench, images.old);
    for (const rate of rates) {
      await host.rate(rate);
      const whole = await transfer(bench, images.changed, '--no-delta');
      await removeImages(host.docker, images.changed);
      const delta = await transfer(bench, images.changed);
      await removeImages(host.docker, images.changed);
      await rm(home.env.XDG_CACHE_HOME, { recursive: true });
      const cold = await transfer(bench, images.changed);
      await removeImages(host.docker, images.changed);
      console.log(`${from} to ${engine}, ${rate} Mbit/s`);
      for (const [way, { elapsed, bytes }] of Object.entries({ whole, delta, 'delta, cache empty': cold })) {
        const ratio = `${(whole.elapsed / elapsed).toFixed(1)} times as fast as whole`;
        const share = `${(bytes / images.packed).toFixed(2)} of gzip`;
        console.log(
          `  ${way.padEnd(18)}  ${formatDuration(elapsed).padStart(6)}  ${formatBytes(bytes).padStart(7)}  ${ratio}, ${share}`,
        );
      }
    }
  } finally {
    await home.remove();
    await host.stop();
  }
}

interface Images {
  old: string;
  changed: string;
  /** Bytes that gzip makes of what is new. */
  packed: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', multiple: true, default: [...engineNames] },
      rate: { type: 'string', multiple: true, default: ['20', '100'] },
      from: { type: 'string', default: '28-overlay2' },
    },
  });
  const from = values.from as EngineName;
  const here = await bed.engine(from);
  await bed.baseImages(here.docker, ['busybox:latest']);
  const folder = await mkdtemp(join(tmpdir(), 'bench-delta-'));
  const name = newName();
  try {
    await unpackPackages(folder);
    const before = await packed(join(folder, 'tree'), new Set());
    await build(here, `${name}:old`, folder);
    await change(join(folder, 'tree'));
    const after = await packed(join(folder, 'tree'), before.blocks);
    await build(here, `${name}:changed`, folder);
    const files = (await filesIn(join(folder, 'tree'))).length;
    console.log(`${files} files; gzip of what is new: ${formatBytes(after.bytes)}`);
    const images = { old: `${name}:old`, changed: `${name}:changed`, packed: after.bytes };
    for (const engine of values.engine)
      await measure(engine as EngineName, from, values.rate.map(Number), images);
  } finally {
    await removeImages(here.docker, name);
    await rm(folder, { recursive: true });
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
