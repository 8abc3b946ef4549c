/**
 * What a build of a 20,000-file context (200 MB) takes, beside `docker buildx build` and `docker build` with the classic
 * builder, on an engine of the test bed: cold, after an edit of one file, and with nothing changed, each as a program from
 * its start to its end, and how much memory the largest of its processes has at its peak; with `--ignored`, beside so many
 * files that .dockerignore names. Each has a context of its own with contents of its own, and they take turns in every
 * order, so that no cache and no neighbour helps one of them alone. On ext4 one does disturb the next: the classic builder
 * removes the context that it was sent, and for minutes after it every new file passes over the inodes that were freed. With
 * GULP_DOCKERUTILS_BED and TMPDIR in memory (a tmpfs) none does.
 *
 *     npm run build && npx tsx bench/build.ts [--files 20000] [--kilobytes 10] [--ignored 500000] [--rounds 6]
 *       [--engine 28-overlay2] [--no-classic]
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bed, type BedEngine, type EngineName } from '../test/bed/index.js';
import { boundElapsed } from './shared/bound.js';
import { CONSUMED, type Consumption, consumption } from './shared/consumption.js';
import { inTurn, printRatios } from './shared/rounds.js';

const STAGES = ['cold', 'one file edited', 'nothing changed'] as const;
type Stage = (typeof STAGES)[number];

/** Of buildx's time. */
const LIMITS: Readonly<Record<Stage, number>> = {
  cold: 0.95,
  'one file edited': 0.9,
  'nothing changed': 0.8,
};
/** The same where most files are ignored. */
const LIMIT_IGNORED = 0.7;

interface Sizes {
  files: number;
  kilobytes: number;
  ignored: number;
}

/** The command that builds the image `app` of a project, and what it has in its environment. */
type Command = (root: string) => Promise<{ argv: readonly string[]; env?: NodeJS.ProcessEnv }>;

const PROGRAM = fileURLToPath(new URL('../dist/bin/build-image.js', import.meta.url));
const BUILDX = 'docker buildx build';
const CLASSIC = 'docker build, classic builder';

const contestants: Record<string, Command> = {
  ours: () => Promise.resolve({ argv: [process.execPath, PROGRAM, '-t', 'bench', 'app'] }),
  [BUILDX]: async (root) => ({ argv: await cli(root, 'buildx', 'build') }),
  [CLASSIC]: async (root) => ({
    argv: await cli(root, 'build'),
    env: { DOCKER_BUILDKIT: '0', DOCKER_CLI_HINTS: 'false' },
  }),
};

async function cli(root: string, ...words: string[]): Promise<string[]> {
  const dockerfile = join(root, 'docker/app/Dockerfile');
  return [await bed.dockerCli(), ...words, '-t', `${repositoryOf(root)}:bench`, '-f', dockerfile, root];
}

const repositoryOf = (root: string) => `${basename(root).toLowerCase()}-app`;

async function measure(command: Command, root: string, engine: BedEngine): Promise<Consumption> {
  const { argv, env } = await command(root);
  // What the one before has left to be written shall not slow this one down.
  execFileSync('sync');
  return consumption({ argv, cwd: root, env: { ...engine.env, ...env } });
}

function plant(root: string, { files, kilobytes, ignored }: Sizes): void {
  mkdirSync(join(root, 'docker/app'), { recursive: true });
  writeFileSync(join(root, 'docker/app/Dockerfile'), 'FROM busybox:latest\nCOPY . /app\n');
  if (ignored > 0) writeFileSync(join(root, '.dockerignore'), 'data\n');
  plantFiles(join(root, 'src'), files, () => randomBytes(kilobytes * 1000));
  plantFiles(join(root, 'data'), ignored, (number) => `${number}\n`);
}

/** Files in 1,400 folders. */
function plantFiles(folder: string, count: number, contentOf: (number: number) => Buffer | string): void {
  for (let number = 0; number < count; number++) {
    const inner = join(folder, `package${number % 200}/sub${number % 7}`);
    if (number < 1400) mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, `module${number}.py`), contentOf(number));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      files: { type: 'string', default: '20000' },
      kilobytes: { type: 'string', default: '10' },
      ignored: { type: 'string', default: '0' },
      rounds: { type: 'string', default: '6' },
      engine: { type: 'string', default: '28-overlay2' },
      'no-classic': { type: 'boolean', default: false },
    },
  });
  const engine = await bed.engine(values.engine as EngineName, { own: 'bench' });
  await bed.baseImages(engine.docker, ['busybox:latest']);
  const [files, kilobytes, ignored] = [values.files, values.kilobytes, values.ignored].map(Number) as [
    number,
    number,
    number,
  ];
  const measured = new Map(STAGES.map((stage) => [stage, new Map<string, Consumption[]>()]));
  const taking = Object.entries(contestants).filter(([name]) => name !== CLASSIC || !values['no-classic']);
  for (let round = 0; round < Number(values.rounds); round++) {
    const contests = taking.map(([name, command]) => {
      const root = mkdtempSync(join(tmpdir(), 'bench-build-'));
      plant(root, { files, kilobytes, ignored });
      return { name, command, root };
    });
    for (const [stage, results] of measured) {
      for (const { name, command, root } of inTurn(contests, round)) {
        if (stage === 'one file edited') appendFileSync(join(root, 'src/package7/sub0/module7.py'), 'x');
        results.set(name, [...(results.get(name) ?? []), await measure(command, root, engine)]);
      }
    }
    for (const { root } of contests) await forget(root, engine);
  }
  await engine.stop();
  const context = `${files} files${ignored > 0 ? ` beside ${ignored} ignored ones` : ''}`;
  for (const [stage, taken] of measured) {
    // Ours first.
    const results = new Map(taking.map(([name]) => [name, taken.get(name) ?? []]));
    console.log(`${context}, ${stage}, ${values.engine}, median of ${values.rounds}`);
    printRatios(results, { time: CONSUMED.time, memory: CONSUMED.memory });
    const limit = ignored > 0 ? LIMIT_IGNORED : LIMITS[stage];
    boundElapsed(`${context}, ${stage}`, results, { peer: BUILDX, limit });
  }
}

async function forget(root: string, engine: BedEngine): Promise<void> {
  rmSync(root, { recursive: true });
  const images = await engine.docker.listImages();
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    if (tag.startsWith(`${repositoryOf(root)}:`)) await engine.docker.getImage(tag).remove({ force: true });
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
