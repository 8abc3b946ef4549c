/**
 * What a build of a 20,000-file context (200 MB) takes, beside `docker buildx build` and `docker build` with the classic
 * builder, on an engine of the test bed: cold, after an edit of one file, and with nothing changed. Each has a context of
 * its own with contents of its own, and they take turns, so that no cache and no neighbour helps one of them alone.
 *
 *     npx tsx bench/build.ts [--files 20000] [--kilobytes 10] [--rounds 3] [--engine 28-overlay2]
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { parseArgs, promisify } from 'node:util';
import { carryOutBuild, planBuild } from '../lib/build/index.js';
import { openEngine } from '../lib/engine/index.js';
import { describeImage, loadProject } from '../lib/project/index.js';
import { createReport } from '../lib/report/index.js';
import { bed, type BedEngine, type EngineName } from '../test/bed/index.js';

const STAGES = ['cold', 'one file edited', 'nothing changed'] as const;
type Stage = (typeof STAGES)[number];

interface Sizes {
  files: number;
  kilobytes: number;
}

/** Builds the image `app` of a project. */
type Build = (root: string, engine: BedEngine) => Promise<void>;

const execute = promisify(execFile);

const contestants: Record<string, Build> = {
  'gulp-dockerutils': ours,
  'docker buildx build': (root, engine) => cli(root, engine, ['buildx', 'build', '-q'], {}),
  'docker build, classic builder': (root, engine) =>
    cli(root, engine, ['build', '-q'], { DOCKER_BUILDKIT: '0', DOCKER_CLI_HINTS: 'false' }),
};

async function ours(root: string, engine: BedEngine): Promise<void> {
  const opened = await openEngine({ url: engine.url, origin: 'bench', remote: false, cliFlags: [] });
  const project = loadProject({ root });
  const image = describeImage(project, 'app', { remote: false });
  const report = createReport({ level: 'silent' });
  try {
    await carryOutBuild(planBuild({ project, image }), {
      engine: opened,
      report,
      findLogin: () => Promise.resolve(undefined),
    });
  } finally {
    await opened.close();
  }
}

async function cli(root: string, engine: BedEngine, words: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const docker = await bed.dockerCli();
  const dockerfile = path.join(root, 'docker/app/Dockerfile');
  const reference = `${path.basename(root).toLowerCase()}-app:bench`;
  await execute(docker, [...words, '-t', reference, '-f', dockerfile, root], {
    env: { ...engine.env, ...env },
  });
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
      rounds: { type: 'string', default: '3' },
      engine: { type: 'string', default: '28-overlay2' },
    },
  });
  const engine = await bed.engine(values.engine as EngineName, { own: 'bench' });
  await bed.baseImages(engine.docker, ['busybox:latest']);
  const sizes = { files: Number(values.files), kilobytes: Number(values.kilobytes) };
  const times = new Map<string, number[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    const roots = new Map<string, string>();
    for (const name of Object.keys(contestants)) {
      const root = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-build-'));
      plant(root, sizes);
      roots.set(name, root);
    }
    for (const stage of STAGES) {
      // What one leaves behind (writes that are still on their way to the disk) shall not always hit the same next one.
      for (const [name, build] of rotated(Object.entries(contestants), round)) {
        const root = roots.get(name)!;
        if (stage === 'one file edited')
          fs.appendFileSync(path.join(root, 'src/package7/sub0/module7.py'), 'x');
        const start = performance.now();
        await build(root, engine);
        const key = `${stage}: ${name}`;
        times.set(key, [...(times.get(key) ?? []), performance.now() - start]);
      }
    }
    for (const root of roots.values()) await forget(root, engine);
  }
  await engine.stop();
  print(times);
}

function rotated<T>(items: readonly T[], by: number): T[] {
  return items.map((_, index) => items[(index + by) % items.length]!);
}

async function forget(root: string, engine: BedEngine): Promise<void> {
  fs.rmSync(root, { recursive: true });
  const images = await engine.docker.listImages();
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    if (tag.startsWith(path.basename(root).toLowerCase()))
      await engine.docker.getImage(tag).remove({ force: true });
  }
}

function print(times: ReadonlyMap<string, readonly number[]>): void {
  const median = (stage: Stage, name: string) =>
    times.get(`${stage}: ${name}`)!.toSorted((a, b) => a - b)[times.get(`${stage}: ${name}`)!.length >> 1]!;
  const [own, ...peers] = Object.keys(contestants) as [string, ...string[]];
  for (const stage of STAGES) {
    console.log(`${stage}: ${(median(stage, own) / 1000).toFixed(2)} s`);
    for (const peer of peers) {
      const ratio = (median(stage, own) / median(stage, peer)).toFixed(2);
      console.log(`  ${ratio} of ${peer} (${(median(stage, peer) / 1000).toFixed(2)} s)`);
    }
  }
}

void main();
