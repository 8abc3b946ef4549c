import { spawn } from 'node:child_process';
import gulp from 'gulp';

export const compile = task('compile', 'Compiles to dist/', 'tsc -p tsconfig.build.json');
export const types = task('types', 'Checks the types', 'tsc --noEmit');
export const lint = task('lint', 'Checks the code with ESLint', 'eslint .');
export const format = task('format', 'Checks the formatting', 'prettier --check .');
export const unused = task('unused', 'Finds files, exports and dependencies that nothing uses', 'knip');
export const unit = task(
  'unit',
  'Tests that need no engine',
  'mocha test/lib/**/*.test.ts test/tasks/**/*.test.ts',
);
export const e2e = task('e2e', 'Tests on real engines, registries and hosts', 'tsx test/e2e.ts');

export const check = Object.assign(gulp.series(compile, types, lint, format, unused, unit, e2e), {
  description: 'Everything that must pass before a commit lands',
});

export default check;

/** A task that runs a program of node_modules and fails as it does; mocha expands the patterns itself. */
function task(displayName: string, description: string, commandLine: string): () => Promise<void> {
  const [command, ...args] = commandLine.split(' ');
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const child = spawn(`node_modules/.bin/${command}`, args, { stdio: 'inherit' });
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
