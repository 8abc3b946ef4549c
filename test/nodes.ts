/** Runs the unit tests and a smoke of the end-to-end tests on the supported versions of Node but for this one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

const majors = ['20', '22', '24'];
const smoke = ['tasks/package', 'build/context', 'run/pipes', 'transfer/pulled', 'publish/pipeline'];
const unit = ['lib', 'tasks', 'bin'].map((folder) => `test/${folder}/**/*.test.ts`);
const jobs = String(Math.max(2, availableParallelism()));

const suites = [
  ['node_modules/mocha/bin/mocha.js', '--parallel', '--jobs', jobs, ...unit],
  ['--import', 'tsx', 'test/e2e.ts', ...smoke.map((name) => `test/e2e/${name}.test.ts`)],
];

const leftOut: string[] = [];
for (const major of majors.filter((each) => !process.version.startsWith(`v${each}.`))) {
  // The npm package `node` brings the program, and npx puts it in front of this one.
  const node = (args: string[]) => run('npx', ['--yes', '--package', `node@${major}`, '--', 'node', ...args]);
  if ((await node(['--version'])) !== 0) {
    leftOut.push(major);
    continue;
  }
  for (const suite of suites) if ((await node(suite)) !== 0) process.exitCode = 1;
}
if (leftOut.length > 0) {
  console.log(
    `left out: Node ${leftOut.join(' and ')}, which npx did not bring. With a network: npm run test:nodes`,
  );
  if (process.env.CI === 'true') process.exitCode = 1;
}

/** @returns its exit status */
async function run(program: string, args: string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}
