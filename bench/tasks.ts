/**
 * What a project of 50 images costs on every start of gulp: the ratio of `gulp --tasks` with the registry to the same with
 * a gulpfile of as many empty tasks, bare ones, and ones with the same descriptions and flags, which gulp prints. Compile
 * first: it measures `dist/`.
 *
 *     npx tsx bench/tasks.ts [--images 50] [--rounds 15]
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const repository = fileURLToPath(new URL('..', import.meta.url));
const gulp = join(repository, 'node_modules/gulp/bin/gulp.js');

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
 * Milliseconds that `gulp --tasks` takes: by the clock, and on the processors (in ticks of 10), which counts less of what
 * else the machine does. A process of its own reads in Linux's /proc what its only child took.
 */
async function cost(folder: string): Promise<{ wall: number; processor: number }> {
  const meter = `const { execFileSync } = require('node:child_process');
    const start = performance.now();
    execFileSync(process.execPath, [${JSON.stringify(gulp)}, '--tasks'], { stdio: 'ignore' });
    const wall = performance.now() - start;
    const fields = require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    console.log(JSON.stringify({ wall, processor: (Number(fields[13]) + Number(fields[14])) * 10 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', meter], { cwd: folder });
  return JSON.parse(stdout) as { wall: number; processor: number };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

interface TaskText {
  name: string;
  description: string;
  flags?: Record<string, string>;
}

/** The tasks of a project, as gulp prints them. */
async function tasksOf(root: string): Promise<TaskText[]> {
  const { DockerRegistry } = (await import(
    join(repository, 'dist/tasks/index.js')
  )) as typeof import('../tasks/index.js');
  const tasks: TaskText[] = [];
  const task = (name: string, { description, flags }: TaskText) => tasks.push({ name, description, flags });
  new DockerRegistry({ root }).init({ task });
  return tasks;
}

function emptyTasks(tasks: readonly TaskText[]): string {
  return `import gulp from 'gulp';
for (const { name, ...texts } of ${JSON.stringify(tasks)}) gulp.task(name, Object.assign(async () => {}, texts));
`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { images: { type: 'string', default: '50' }, rounds: { type: 'string', default: '15' } },
  });
  const [images, rounds] = [Number(values.images), Number(values.rounds)];
  const parent = mkdtempSync(join(tmpdir(), 'bench-tasks-'));
  try {
    const ours = gulpFolder(parent, 'ours', REGISTRY);
    addImages(ours, images);
    const tasks = await tasksOf(ours);
    const bare = tasks.map(({ name, description }) => ({ name, description }));
    const folders = [
      ours,
      gulpFolder(parent, 'flags', emptyTasks(tasks)),
      gulpFolder(parent, 'bare', emptyTasks(bare)),
    ];
    const costs: Cost[][] = folders.map(() => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, folder] of folders.entries()) {
        const one = await cost(folder);
        if (round > 0) costs[index]!.push(one);
      }
    }
    console.log(`${images} images, ${tasks.length} tasks, gulp --tasks, median of ${rounds}:`);
    for (const kind of ['wall', 'processor'] as const) {
      const [own, flags, plain] = costs.map((list) => median(list.map((each) => each[kind])));
      const beside = (other: number) => `${other.toFixed(0)} ms, ratio ${(own! / other).toFixed(2)}`;
      console.log(
        `  ${kind.padEnd(9)}  ${own!.toFixed(0)} ms; empty tasks with flags ${beside(flags!)}; bare ones ${beside(plain!)}`,
      );
    }
  } finally {
    rmSync(parent, { recursive: true });
  }
}

type Cost = Awaited<ReturnType<typeof cost>>;

void main();
