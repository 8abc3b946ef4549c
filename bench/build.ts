/**
 * What a build of a 20,000-file context (200 MB) takes, beside `docker buildx build` and `docker build` with the classic
 * builder, on an engine of the test bed: cold, after an edit of one file, and with nothing changed, each as a program from
 * its start to its end, and how much memory it and its children have at their peak. Each has a context of its own with
 * contents of its own, and they take turns in every order, so that no cache and no neighbour helps one of them alone. On
 * ext4 one does disturb the next: the classic builder removes the context that it was sent, and for minutes after it every
 * new file passes over the inodes that were freed. With GULP_DOCKERUTILS_BED and TMPDIR in memory (a tmpfs) none does.
 *
 *     npm run build && npx tsx bench/build.ts [--files 20000] [--kilobytes 10] [--rounds 6] [--engine 28-overlay2]
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bed, type BedEngine, type EngineName } from '../test/bed/index.js';

const STAGES = ['cold', 'one file edited', 'nothing changed'] as const;
type Stage = (typeof STAGES)[number];

interface Sizes {
  files: number;
  kilobytes: number;
}

interface Measured {
  milliseconds: number;
  /** Bytes of the program and its children together. */
  peak: number;
}

/** The command that builds the image `app` of a project, and what it has in its environment. */
type Command = (root: string) => Promise<{ argv: readonly string[]; env?: NodeJS.ProcessEnv }>;

const OWN = fileURLToPath(new URL('../dist/bin/build-image.js', import.meta.url));

const contestants: Record<string, Command> = {
  'gulp-dockerutils': () => Promise.resolve({ argv: [process.execPath, OWN, '-t', 'bench', 'app'] }),
  'docker buildx build': async (root) => ({ argv: await cli(root, 'buildx', 'build') }),
  'docker build, classic builder': async (root) => ({
    argv: await cli(root, 'build'),
    env: { DOCKER_BUILDKIT: '0', DOCKER_CLI_HINTS: 'false' },
  }),
};

async function cli(root: string, ...words: string[]): Promise<string[]> {
  const reference = `${path.basename(root).toLowerCase()}-app:bench`;
  const dockerfile = path.join(root, 'docker/app/Dockerfile');
  return [await bed.dockerCli(), ...words, '-t', reference, '-f', dockerfile, root];
}

async function measure(command: Command, root: string, engine: BedEngine): Promise<Measured> {
  const { argv, env } = await command(root);
  // What the one before has left to be written shall not slow this one down.
  execFileSync('sync');
  const start = performance.now();
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: root,
    env: { ...engine.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, memoryOf(child.pid!))), 25);
  const [status] = (await once(child, 'exit')) as [number];
  const milliseconds = performance.now() - start;
  clearInterval(look);
  if (status !== 0) throw new Error(said);
  return { milliseconds, peak };
}

/** Resident bytes of a process and all below it. */
function memoryOf(pid: number): number {
  try {
    const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const children = fs
      .readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '));
    return children
      .filter(Boolean)
      .reduce((sum, child) => sum + memoryOf(Number(child)), Number(kilobytes) * 1024);
  } catch {
    return 0; // It has just ended.
  }
}

function plant(root: string, { files, kilobytes }: Sizes): void {
  fs.mkdirSync(path.join(root, 'docker/app'), { recursive: true });
  fs.writeFileSync(path.join(root, 'docker/app/Dockerfile'), 'FROM busybox:latest\nCOPY . /app\n');
  for (let number = 0; number < files; number++) {
    const folder = path.join(root, `src/package${number % 200}/sub${number % 7}`);
    if (number < 1400) fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `module${number}.py`), randomBytes(kilobytes * 1000));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      files: { type: 'string', default: '20000' },
      kilobytes: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '6' },
      engine: { type: 'string', default: '28-overlay2' },
    },
  });
  const engine = await bed.engine(values.engine as EngineName, { own: 'bench' });
  await bed.baseImages(engine.docker, ['busybox:latest']);
  const sizes = { files: Number(values.files), kilobytes: Number(values.kilobytes) };
  const measured = new Map<string, Measured[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    const roots = new Map<string, string>();
    for (const name of Object.keys(contestants)) {
      const root = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-build-'));
      plant(root, sizes);
      roots.set(name, root);
    }
    for (const stage of STAGES) {
      for (const [name, command] of inTurn(Object.entries(contestants), round)) {
        const root = roots.get(name)!;
        if (stage === 'one file edited')
          fs.appendFileSync(path.join(root, 'src/package7/sub0/module7.py'), 'x');
        const key = `${stage}: ${name}`;
        measured.set(key, [...(measured.get(key) ?? []), await measure(command, root, engine)]);
      }
    }
    for (const root of roots.values()) await forget(root, engine);
  }
  await engine.stop();
  print(measured);
}

/** Rotated by one each round, and backwards every other one: each comes behind each other one. */
function inTurn<T>(items: readonly T[], round: number): T[] {
  const turned = items.map((_, index) => items[(index + round) % items.length]!);
  return round % 2 === 0 ? turned : turned.reverse();
}

async function forget(root: string, engine: BedEngine): Promise<void> {
  fs.rmSync(root, { recursive: true });
  const images = await engine.docker.listImages();
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    if (tag.startsWith(path.basename(root).toLowerCase()))
      await engine.docker.getImage(tag).remove({ force: true });
  }
}

function print(measured: ReadonlyMap<string, readonly Measured[]>): void {
  const median = (stage: Stage, name: string, what: keyof Measured) => {
    const values = measured.get(`${stage}: ${name}`)!.map((one) => one[what]);
    return values.sort((a, b) => a - b)[values.length >> 1]!;
  };
  const [own, ...peers] = Object.keys(contestants) as [string, ...string[]];
  for (const stage of STAGES) {
    const show = (name: string) =>
      `${(median(stage, name, 'milliseconds') / 1000).toFixed(2)} s, ${(median(stage, name, 'peak') / 1e6).toFixed(0)} MB`;
    console.log(`${stage}: ${show(own)}`);
    for (const peer of peers) {
      const ratio = (what: keyof Measured) =>
        (median(stage, own, what) / median(stage, peer, what)).toFixed(2);
      console.log(
        `  ${ratio('milliseconds')} of the time, ${ratio('peak')} of the memory of ${peer} (${show(peer)})`,
      );
    }
  }
}

void main();
