/** Runs the end-to-end tests, all of them or the files that are named, and takes the test bed down again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bed } from './bed/index.js';

const files = process.argv.slice(2);
const mocha = spawn(
  process.execPath,
  [
    'node_modules/mocha/bin/mocha.js',
    '--timeout',
    '120000',
    ...(files.length ? files : ['test/e2e/**/*.test.ts']),
  ],
  { stdio: 'inherit' },
);
// The tests clean up when they are interrupted; this process ends after them.
process.on('SIGINT', () => undefined);
const [status] = (await once(mocha, 'exit')) as [number | null];
// Engines that stay up make the next run quick.
if (process.env.CI || !process.env.KEEP_BED) await bed.down();
process.exitCode = status ?? 1;
