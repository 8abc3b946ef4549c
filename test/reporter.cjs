const { relative, dirname } = require('node:path');
const { reporters } = require('mocha');

/**
 * mocha's own reporter, and at the end: what did not run, what took longest, where the time went, how a failure is
 * replayed, and a closing line with the counts.
 */
module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // Where files run side by side, all of a file is told at its end: but a failure at once.
    if (options.parallel && options.jobs !== 1)
      runner.workerReporter(require.resolve('./worker-reporter.cjs'));
    const files = new Map();
    const note = (test) => {
      const { file = 'test/hooks.ts', duration = 0 } = test;
      const of = files.get(file) ?? { milliseconds: 0, ended: [], skipped: [] };
      files.set(file, of);
      of.milliseconds += duration;
      return of;
    };
    runner.on('hook end', note);
    runner.on('test end', (test) => {
      if (test.state !== 'passed' && test.state !== 'failed') return;
      note(test).ended.push(test);
    });
    // Of a group that a hook skips, no test begins or ends.
    runner.on('pending', (test) => note(test).skipped.push(test.fullTitle()));
    runner.once('end', () => {
      for (const line of closing(files)) console.log(line);
      if (this.failures.length > 0) console.log(replay(this.failures));
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
};

function* closing(files) {
  yield 'The ten that took longest:';
  const tests = [...files.values()].flatMap(({ ended }) => ended);
  const longest = tests.toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0)).slice(0, 10);
  for (const test of longest) yield `${seconds(test.duration ?? 0)}  ${test.fullTitle()}`;
  yield 'Time by folder, hooks and all:';
  const folders = new Map();
  for (const [file, { milliseconds }] of files) {
    const folder = relative('test', dirname(file)).split('/').slice(0, 2).join('/') || 'hooks of all';
    folders.set(folder, (folders.get(folder) ?? 0) + milliseconds);
  }
  for (const [folder, milliseconds] of [...folders].sort(([, a], [, b]) => b - a))
    yield `${seconds(milliseconds)}  ${folder}`;
  for (const [file, { ended, skipped }] of files) {
    const whole = ended.length === 0 && skipped.length > 1;
    const titles = whole ? [`${relative('', file)}, all ${skipped.length} tests`] : skipped;
    for (const title of titles) yield `not run: ${title}`;
  }
  yield* notOnWindows([...files.values()].flatMap(({ skipped }) => skipped));
  const reason = process.env.TEST_BED_MISSING;
  const skipped = [...files.values()].reduce((sum, { skipped }) => sum + skipped.length, 0);
  if (reason && skipped > 0) {
    yield `${skipped} tests were left out, since this machine has no test bed: ${reason}`;
    yield 'They run as root on Linux with apt, here maybe by: sudo env "PATH=$PATH" npm run e2e';
    yield 'or in a container: docker run --rm --privileged -v "$PWD":/src -w /src -v gulp-dockerutils:/root/.cache node:22 npm run e2e';
  }
}

/** What onPosix() and onLinux() of test/platform.ts have left out, by reason. */
function* notOnWindows(titles) {
  const counts = new Map();
  for (const title of titles) {
    const [, reason] = /\(((?:not on Windows|only on Linux): .+?)\)/.exec(title) ?? [];
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of counts) yield `${count} left out, ${reason}`;
}

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1).padStart(8)} s`;

/** What the imitation of Windows is started with. */
function configuration() {
  const isWindows = process.env.NODE_OPTIONS?.includes('/test/windows/register.mjs');
  return isWindows ? ' --config test/windows/mocharc.json' : '';
}

/** How the failures come about once more. */
function replay(failures) {
  const files = [...new Set(failures.map(({ file }) => relative('', file ?? '')))].join(' ');
  const script = files.startsWith('test/e2e') ? 'npm run e2e --' : `npx mocha${configuration()}`;
  return `To replay: TEST_SEED=${process.env.TEST_SEED} ${script} ${files}`;
}
