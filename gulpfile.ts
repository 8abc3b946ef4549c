import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import gulp from 'gulp';
import { type CodeSplittingOptions, type Plugin, rolldown } from 'rolldown';

/** Several times as fast as the one that ESLint needs, which has the same name in node_modules/.bin. */
const tsc = 'typescript-7/bin/tsc';

const declare = task('declare', 'Writes the declarations', `${tsc} -p tsconfig.build.json`);

export const compile = Object.assign(gulp.series(clean, declare, prune, bundle), {
  description: 'Compiles to dist/',
});
export const types = task('types', 'Checks the types', `${tsc} --noEmit`);
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
const units = `--parallel --jobs ${jobs} test/lib/**/*.test.ts test/tasks/**/*.test.ts test/bin/**/*.test.ts test/docs/*.test.ts test/fuzz/*.test.ts`;
export const unit = task('unit', 'Tests that need no engine', `mocha ${units}`);
export const windows = task(
  'windows',
  'The same under an imitation of Windows',
  `mocha --config test/windows/mocharc.json ${units}`,
);
export const e2e = task('e2e', 'Tests on real engines, registries and hosts', 'tsx test/e2e.ts');
export const nodes = task('nodes', 'Tests on the other versions of Node', 'tsx test/nodes.ts');

const look = gulp.parallel(types, lint, format, unused, pages);

export const check = Object.assign(gulp.series(compile, look, unit, e2e), {
  description: 'What must pass before a commit lands',
});
export const checkAll = Object.assign(gulp.series(outermost, compile, look, unit, windows, e2e, nodes), {
  displayName: 'check-all',
  description: 'The same with every engine and size, as if on Windows, and on every version of Node',
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

/**
 * Joins the modules of what is used together: Node takes most of a millisecond to load each, and gulp starts often. What it
 * loads at each start is one file, but for what users also import by itself.
 */
async function bundle(): Promise<void> {
  const { bin, exports } = await manifest();
  const published = [...Object.values(bin), ...Object.values(exports).flatMap((each) => each.default ?? [])];
  const names = published.map((file) => file.replace(/^(\.\/)?dist\/(.*)\.js$/, '$2'));
  const { plugin, isLoadedBy } = loading();
  const isShared = (id: string) =>
    isLoadedBy('tasks/index.ts')(id) && isLoadedBy('lib/swarm/flags/index.ts')(id);
  const codeSplitting: CodeSplittingOptions = {
    includeDependenciesRecursively: false,
    groups: [
      { name: 'flags', test: isShared },
      { name: 'tasks', test: isLoadedBy('tasks/index.ts') },
    ],
  };
  const bundled = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, `${name}.ts`])),
    // Packages stay what the user has installed.
    external: /^[^./]/,
    platform: 'node',
    transform: { target: 'node20.19' },
    tsconfig: false,
    preserveEntrySignatures: 'allow-extension',
    plugins: [plugin],
  });
  await bundled.write({
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    comments: false,
    codeSplitting,
  });
}

/** What is loaded with a module, before anything of it runs. */
function loading(): { plugin: Plugin; isLoadedBy: (file: string) => (id: string) => boolean } {
  const imported = new Map<string, readonly string[]>();
  const closures = new Map<string, Set<string>>();
  const plugin: Plugin = {
    name: 'loading',
    moduleParsed: ({ id, importedIds }) => void imported.set(id, importedIds),
  };
  const closureOf = (file: string) => {
    const closure = new Set([resolve(file)]);
    for (const id of closure) for (const each of imported.get(id) ?? []) closure.add(each);
    return closure;
  };
  const isLoadedBy = (file: string) => (id: string) => {
    const closure = closures.get(file) ?? closureOf(file);
    closures.set(file, closure);
    return closure.has(id);
  };
  return { plugin, isLoadedBy };
}

interface Manifest {
  bin: Record<string, string>;
  exports: Record<string, { types?: string; default?: string }>;
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
}

/**
 * A task that runs a program of node_modules and fails as it does; mocha expands the patterns itself.
 *
 * @param commandLine begins with the program's name, or with its path in node_modules
 */
function task(displayName: string, description: string, commandLine: string): () => Promise<void> {
  const [command = '', ...args] = commandLine.split(' ');
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const child = start(command, args);
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

function start(command: string, args: readonly string[]): ChildProcess {
  if (command.includes('/'))
    return spawn(process.execPath, [join('node_modules', command), ...args], { stdio: 'inherit' });
  const program = join('node_modules', '.bin', command);
  // There a program of node_modules is a batch file, which only a shell starts.
  return process.platform === 'win32'
    ? spawn([program, ...args].join(' '), { stdio: 'inherit', shell: true })
    : spawn(program, args, { stdio: 'inherit' });
}
