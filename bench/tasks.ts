/**
 * What a project of 50 images costs on every start of gulp: the ratio of `gulp --tasks`, and of `gulp --tasks-simple`, which
 * names every task, with the registry to the same with a gulpfile of as many empty tasks with the same descriptions, and of
 * as few as the registry lets gulp list; and what the start of each program takes. Compile first: it measures `dist/`.
 *
 *     npx tsx bench/tasks.ts [--images 50] [--rounds 15]
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { bound } from './shared/bound.js';
import { alternate, median } from './shared/rounds.js';

const repository = fileURLToPath(new URL('..', import.meta.url));
const gulp = join(repository, 'node_modules/gulp/bin/gulp.js');

/** What `gulp --tasks` may take of the same with empty tasks. */
const GULP_LIMIT = 1.15;
/** Milliseconds that a program may take more than node itself. */
const MORE = 120;

const REGISTRY = `import gulp from 'gulp';
import { DockerRegistry } from 'gulp-dockerutils';
gulp.registry(new DockerRegistry());
`;

/** A folder with a gulpfile and what it imports. */
function gulpFolder(parent: string, name: string, gulpfile: string): string {
  const folder = join(parent, name);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(repository, join(folder, 'node_modules/gulp-dockerutils'));
  symlinkSync(join(repository, 'node_modules/gulp'), join(folder, 'node_modules/gulp'));
  writeFileSync(join(folder, 'gulpfile.mjs'), gulpfile);
  return folder;
}

function addImages(folder: string, count: number): void {
  let config = '';
  for (let number = 1; number <= count; number++) {
    const image = join(folder, 'docker', `image${number}`);
    mkdirSync(image, { recursive: true });
    writeFileSync(join(image, 'Dockerfile'), 'FROM scratch\n');
    config += `[image${number}]\nports=-p ${8000 + number}:80\nvolumes=-v {project_root}:/src\ncmd=sh -c "true"\n\n`;
  }
  writeFileSync(join(folder, 'docker/run.cfg'), config);
}

/**
 * Milliseconds that a start of gulp takes: by the clock, and on the processors (in ticks of 10), which counts less of what
 * else the machine does. A process of its own reads in Linux's /proc what its only child took.
 */
async function cost(folder: string, word: string): Promise<{ wall: number; processor: number }> {
  const meter = `const { execFileSync } = require('node:child_process');
    const start = performance.now();
    execFileSync(process.execPath, [${JSON.stringify(gulp)}, ${JSON.stringify(word)}], { stdio: 'ignore' });
    const wall = performance.now() - start;
    const fields = require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    console.log(JSON.stringify({ wall, processor: (Number(fields[13]) + Number(fields[14])) * 10 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', meter], { cwd: folder });
  return JSON.parse(stdout) as { wall: number; processor: number };
}

interface TaskText {
  name: string;
  description: string;
}

/** The tasks of a project: all of them, and those that gulp lists. */
async function tasksOf(root: string): Promise<{ all: TaskText[]; listed: TaskText[] }> {
  const { DockerRegistry } = (await import(
    join(repository, 'dist/tasks/index.js')
  )) as typeof import('../tasks/index.js');
  const { default: gulp } = await import('gulp');
  const one = Reflect.construct(gulp.constructor, []) as typeof gulp;
  one.registry(new DockerRegistry({ root, argv: ['--tasks'] }) as never);
  const texts = (names: readonly string[]) =>
    names.map((name) => {
      const { unwrap } = one.task(name) as unknown as { unwrap: () => TaskText };
      return { name, description: unwrap().description };
    });
  const named = Object.keys(one.registry().tasks()).filter((name) => !name.includes('<'));
  return { all: texts(named), listed: texts(one.tree().nodes as unknown as string[]) };
}

function emptyTasks(tasks: readonly TaskText[]): string {
  return `import gulp from 'gulp';
for (const { name, description } of ${JSON.stringify(tasks)}) gulp.task(name, Object.assign(async () => {}, { description }));
`;
}

/** Milliseconds of a start of node with these words, until it ends. */
async function startOf(...words: string[]): Promise<number> {
  const start = performance.now();
  await promisify(execFile)(process.execPath, words);
  return performance.now() - start;
}

async function measureGulp(images: number, rounds: number): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'bench-tasks-'));
  try {
    const ours = gulpFolder(parent, 'ours', REGISTRY);
    addImages(ours, images);
    const { all, listed } = await tasksOf(ours);
    const empty = gulpFolder(parent, 'all', emptyTasks(all));
    const few = gulpFolder(parent, 'listed', emptyTasks(listed));
    for (const word of ['--tasks', '--tasks-simple']) {
      const ways = {
        ours: () => cost(ours, word),
        empty: () => cost(empty, word),
        few: () => cost(few, word),
      };
      await alternate(ways, 1);
      const results = [...(await alternate(ways, rounds)).values()];
      for (const kind of ['wall', 'processor'] as const) {
        const [own = NaN, same = NaN, fewest = NaN] = results.map((list) =>
          median(list.map((each) => each[kind])),
        );
        const name = `gulp ${word} of ${images} images, ${kind} ms`;
        console.log(`${name} beside ${listed.length} empty tasks: ${own.toFixed(0)} / ${fewest.toFixed(0)}`);
        bound(`${name} beside ${all.length} empty tasks with the same texts`, own, same, GULP_LIMIT, 0);
      }
    }
  } finally {
    rmSync(parent, { recursive: true });
  }
}

async function measureBins(rounds: number): Promise<void> {
  const { bin } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  const bins = Object.entries(bin).map(
    ([name, program]) => [name, () => startOf(join(repository, program), '--help')] as const,
  );
  const results = await alternate({ node: () => startOf('-e', '0'), ...Object.fromEntries(bins) }, rounds);
  const own = median(results.get('node') ?? []);
  for (const [name] of bins)
    bound(
      `start of ${name}, ms above node's own beside what it may be`,
      median(results.get(name) ?? []) - own,
      MORE,
      1,
      0,
    );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { images: { type: 'string', default: '50' }, rounds: { type: 'string', default: '15' } },
  });
  await measureGulp(Number(values.images), Number(values.rounds));
  await measureBins(Number(values.rounds));
}

void main();
