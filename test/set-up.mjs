// Runs before the tests and the demo, so that they work on a fresh clone: installs the dependencies when they are
// missing or older than the lock file. Plain JavaScript without imports of its own, since nothing is there yet.
import { spawnSync } from 'node:child_process';
import { lstatSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modified = (file) =>
  statSync(new URL(`../${file}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
// A link leads to what belongs to another working copy.
const linked = lstatSync(`${root}/node_modules`, { throwIfNoEntry: false })?.isSymbolicLink();

if (!linked && modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.log('Installing the dependencies of package-lock.json into node_modules: npm ci');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
