import { spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import gulp from 'gulp';

const declare = task('declare', 'Writes the declarations', 'tsc -p tsconfig.build.json');

export const compile = Object.assign(gulp.series(clean, declare, prune, bundle), {
  description: 'Compiles to dist/',
});
export const types = task('types', 'Checks the types', 'tsc --noEmit');
const rules = task('rules', 'Checks the code with ESLint', 'eslint .');
const imports = task(
  'imports',
  'Checks that imports only point down',
  'depcruise --output-type err lib tasks bin',
);
export const lint = Object.assign(gulp.parallel(rules, imports), {
  displayName: 'lint',
  description: 'Checks the code and its imports',
});
export const format = task('format', 'Checks the formatting', 'prettier --check .');
export const unused = task('unused', 'Finds files, exports and dependencies that nothing uses', 'knip');
export const pages = task(
  'pages',
  'Checks that docs/ is what the code makes of it',
  'tsx docs/generate.ts --check',
);
/** mocha itself would leave one core idle, which is half of a small machine. */
const jobs = process.env.TEST_JOBS ?? String(Math.max(2, availableParallelism()));
export const unit = task(
  'unit',
  'Tests that need no engine',
  `mocha --parallel --jobs ${jobs} test/lib/**/*.test.ts test/tasks/**/*.test.ts test/bin/**/*.test.ts test/fuzz/*.test.ts`,
);
export const e2e = task('e2e', 'Tests on real engines, registries and hosts', 'tsx test/e2e.ts');
export const nodes = task('nodes', 'Tests on the other versions of Node', 'tsx test/nodes.ts');

const look = gulp.parallel(types, lint, format, unused, pages);

export const check = Object.assign(gulp.series(compile, look, unit, e2e), {
  description: 'What must pass before a commit lands',
});
export const checkAll = Object.assign(gulp.series(outermost, compile, look, unit, e2e, nodes), {
  displayName: 'check-all',
  description: 'The same with every engine and size, and on every version of Node',
});

export default check;

export function clean(): Promise<void> {
  return rm('dist', { recursive: true, force: true });
}
clean.description = 'Removes dist/';

/** test/circle.ts says what this adds. */
function outermost(): Promise<void> {
  process.env.TEST_CIRCLE = 'all';
  return Promise.resolve();
}

/** Removes the declarations that no exported one leads to, which are most of them: nobody could import them. */
async function prune(): Promise<void> {
  const { exports } = await manifest();
  const left = new Set(Object.values(exports).flatMap((each) => (each.types ? [join(each.types)] : [])));
  for (const file of left) {
    const text = await readFile(file, 'utf8');
    for (const [, module = ''] of text.matchAll(/(?:\bfrom|\bimport\(?) ?['"](\.[^'"]+)\.js['"]/g))
      left.add(join(dirname(file), `${module}.d.ts`));
  }
  const all = await readdir('dist', { recursive: true });
  const files = all.filter((name) => name.endsWith('.d.ts')).map((name) => join('dist', name));
  await Promise.all(files.filter((file) => !left.has(file)).map((file) => rm(file)));
}

/** Joins the modules of what is used together: Node takes most of a millisecond to load each, and gulp starts often. */
async function bundle(): Promise<void> {
  const { bin, exports } = await manifest();
  const published = [...Object.values(bin), ...Object.values(exports).flatMap((each) => each.default ?? [])];
  await build({
    entryPoints: published.map((file) => file.replace(/^(\.\/)?dist\/(.*)\.js$/, '$2.ts')),
    outdir: 'dist',
    outbase: '.',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
}

interface Manifest {
  bin: Record<string, string>;
  exports: Record<string, { types?: string; default?: string }>;
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
}

/** A task that runs a program of node_modules and fails as it does; mocha expands the patterns itself. */
function task(displayName: string, description: string, commandLine: string): () => Promise<void> {
  const [command = '', ...args] = commandLine.split(' ');
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const program = join('node_modules', '.bin', command);
      // There a program of node_modules is a batch file, which only a shell starts.
      const child =
        process.platform === 'win32'
          ? spawn([program, ...args].join(' '), { stdio: 'inherit', shell: true })
          : spawn(program, args, { stdio: 'inherit' });
      child.on('error', reject);
      child.on('exit', (status, signal) => {
        if (status === 0) return resolve();
        // What went wrong stands above already: no stack.
        const message = `${command} ended with ${signal ?? `status ${status}`}`;
        reject(Object.assign(new Error(message), { showStack: false }));
      });
    });
  return Object.assign(run, { displayName, description });
}
