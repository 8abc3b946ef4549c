/**
 * A layer of 300 MB of Debian's python3 packages, built again with all times new and 1 % of its files changed, to a host
 * that has the old one: as a delta, and whole as `--no-delta` sends it; as a delta where nothing is known of the old one
 * here, and where the host has it in another project alone. Time, bytes on the wire, and what gzip makes of the changed files
 * and all tar headers. Each is what a user types: the compiled `transfer-image`, its start included.
 *
 * No image is removed while anything is measured: for minutes after many files were removed, ext4 passes over the inode of
 * each of them for every new file (`recently_deleted` in fs/ext4/ialloc.c), which made an engine's load of such a layer
 * take 17 s instead of 5. For that reason, wait six minutes between two runs.
 *
 *     npm run build && npx tsx bench/transfer-delta.ts [--engine 28-overlay2]… [--rate 20]… [--from 28-overlay2]
 *       [--rounds 1]
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { formatBytes, formatDuration } from '../lib/report/index.js';
import { LayerScanner } from '../lib/transfer/contents/layer-scanner.js';
import { bed, type BedEngine, type BedHost, type EngineName, engineNames } from '../test/bed/index.js';
import { type SshHome, sshHome } from '../test/e2e/engine/ssh-home.js';
import { newName, removeImages } from '../test/e2e/transfer/workbench.js';
import { bound } from './shared/bound.js';
import { unpackPackages } from './shared/images.js';
import { inTurn, medianOf } from './shared/rounds.js';

const execute = promisify(execFile);

/** Of {@link unpackPackages}: 300 MB. */
const PACKAGES = 14;

/** Of the time with a cache, and of what gzip makes of what is new. */
const LIMIT_EMPTY = 1.2;
const LIMIT_OTHER = 1.3;

/** One file of so many is changed. */
const CHANGED = 100;

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
  const scanner = new LayerScanner(() => undefined);
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

/** Makes an image of one layer, without a builder's copy of the files. */
async function importImage({ url }: BedEngine, reference: string, folder: string): Promise<void> {
  const line = 'tar -C "$1" -c . | docker -H "$2" import - "$3"';
  await execute('sh', ['-c', line, 'sh', join(folder, 'tree'), url, reference]);
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

const WAYS = ['whole', 'delta', 'delta, cache empty', 'delta, another project'] as const;
type Way = (typeof WAYS)[number];

/** Each has an image of its own, in a repository in which the host has the old one. */
interface Measurement {
  repository: string;
  rate: number;
  way: Way;
}

interface Result extends Measurement {
  elapsed: number;
  bytes: number;
}

const old = ({ repository }: Measurement) => `${repository}:old`;
const changed = ({ repository }: Measurement) => `${repository}:changed`;

/** Carries all of them out on a host that has nothing yet. */
async function measure(bench: Bench, measurements: readonly Measurement[]): Promise<Result[]> {
  const { host, home } = bench;
  const cache = (home.env.XDG_CACHE_HOME = join(home.folder, 'cache'));
  for (const each of measurements)
    if (each.way !== 'delta, another project') await transfer(bench, old(each));
  const results: Result[] = [];
  for (const each of measurements) {
    await host.rate(each.rate);
    if (each.way === 'delta, cache empty') await rm(cache, { recursive: true });
    await execute('sync');
    const flags = each.way === 'whole' ? ['--no-delta'] : [];
    results.push({ ...each, ...(await transfer(bench, changed(each), ...flags)) });
  }
  return results;
}

function print(name: string, rate: number, results: readonly Result[], gzipped: number): void {
  const of = (way: Way) => {
    const taken = results.filter((one) => one.rate === rate && one.way === way);
    return {
      elapsed: medianOf(taken, ({ elapsed }) => elapsed),
      bytes: medianOf(taken, ({ bytes }) => bytes),
    };
  };
  const whole = of('whole');
  for (const way of WAYS) {
    const { elapsed, bytes } = of(way);
    const columns = [
      `${rate} Mbit/s`.padEnd(10),
      way.padEnd(22),
      formatDuration(elapsed).padStart(6),
      formatBytes(bytes).padStart(7),
      `${(whole.elapsed / elapsed).toFixed(1)} times as fast as whole, ${(bytes / gzipped).toFixed(2)} of gzip`,
    ];
    console.log(`  ${columns.join('  ')}`);
  }
  const [cached, empty] = [of('delta'), of('delta, cache empty')];
  const [ours, theirs] = [empty.elapsed / 1000, cached.elapsed / 1000];
  bound(`${name}, ${rate} Mbit/s, delta without a cache, s beside with one`, ours, theirs, LIMIT_EMPTY, 2);
  const other = of('delta, another project').bytes / 1e6;
  const title = `${name}, ${rate} Mbit/s, found in another project, MB beside gzip of what is new`;
  bound(title, other, gzipped / 1e6, LIMIT_OTHER, 2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', multiple: true, default: [...engineNames] },
      rate: { type: 'string', multiple: true, default: ['20', '100'] },
      from: { type: 'string', default: '28-overlay2' },
      rounds: { type: 'string', default: '1' },
    },
  });
  const here = await bed.engine(values.from as EngineName);
  const folder = await mkdtemp(join(tmpdir(), 'bench-delta-'));
  const name = newName();
  const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => round);
  const measurements = rounds.flatMap((round) =>
    values.rate.flatMap((rate) =>
      inTurn(WAYS, round).map((way) => ({
        repository: `${name}-${round}-${rate}-${WAYS.indexOf(way)}`,
        rate: Number(rate),
        way,
      })),
    ),
  );
  const benches = new Map<string, Bench>();
  try {
    await unpackPackages(join(folder, 'tree'), PACKAGES);
    const { blocks } = await packed(join(folder, 'tree'), new Set());
    await importImage(here, name, folder);
    let gzipped = 0;
    for (const each of measurements) {
      await here.docker.getImage(name).tag({ repo: each.repository, tag: 'old' });
      await change(join(folder, 'tree'));
      await importImage(here, changed(each), folder);
      gzipped ||= (await packed(join(folder, 'tree'), blocks)).bytes;
    }
    const files = (await filesIn(join(folder, 'tree'))).length;
    console.log(`${files} files; gzip of what is new: ${formatBytes(gzipped)}`);
    for (const engine of values.engine) {
      const host = await bed.host({ engine: engine as EngineName, name: 'far' });
      benches.set(engine, { here, host, home: await sshHome(host) });
    }
    for (const [engine, bench] of benches) {
      const direction = `${values.from} to ${engine}`;
      console.log(`${direction}, median of ${values.rounds}`);
      const results = await measure(bench, measurements);
      for (const rate of values.rate) print(direction, Number(rate), results, gzipped);
    }
  } finally {
    for (const { host, home } of benches.values()) {
      await home.remove();
      await host.stop();
    }
    await removeImages(here.docker, `${name}*`);
    await rm(folder, { recursive: true });
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
