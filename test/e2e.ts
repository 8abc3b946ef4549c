/** Runs the end-to-end tests, all of them or as mocha's words say, side by side, and takes the test bed down again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { bed } from './bed/index.js';

/** The files that take longest: when they start first, none is left to run alone at the end. */
const first = [
  'transfer/faults',
  'transfer/other-engines',
  'transfer/deltas',
  'build/context',
  'publish/push',
];

/** Most of a test is waiting for an engine. With its engines and hosts, a file takes 3 GB at most. */
const bearable = Math.floor(Math.min(2 * availableParallelism(), totalmem() / 4e9, 8));
const jobs = process.env.TEST_JOBS ?? String(Math.max(1, bearable));

const words = process.argv.slice(2);
const named = words.some((word) => word.endsWith('.ts'));
const files = named ? [] : await allFiles();
// At once and before any test, whose time limits do not allow for it. Who names files will not need all of it.
if (!named) await bed.prepare().catch(leaveOut);

const before = await bed.leftBehind();
const mocha = spawn(
  process.execPath,
  ['node_modules/mocha/bin/mocha.js', '--parallel', '--jobs', jobs, ...words, ...files],
  { stdio: 'inherit' },
);
// The tests clean up when they are interrupted; this process ends after them.
process.on('SIGINT', () => undefined);
const [status] = (await once(mocha, 'exit')) as [number | null];
// What the tests leave would stand in the way of the next ones, and may be what a task has left.
const left = await bed.leftBehind(before);
for (const line of left) console.log(line);
// Engines that stay up make the next run quick.
if (process.env.CI || !process.env.KEEP_BED) await bed.down();
process.exitCode = status === 0 && left.length > 0 ? 1 : (status ?? 1);

async function allFiles(): Promise<string[]> {
  const names = await readdir('test/e2e', { recursive: true });
  const files = names.filter((name) => name.endsWith('.test.ts')).sort();
  const rank = (name: string) =>
    (first.indexOf(name.slice(0, -'.test.ts'.length)) + first.length + 1) % (first.length + 1);
  return files.sort((a, b) => rank(a) - rank(b)).map((name) => join('test/e2e', name));
}

/** The tests that need the bed are skipped at once, or fail with CI=true, and the closing lines say why. */
function leaveOut({ message }: Error): void {
  process.env.TEST_BED_MISSING = message;
}
