/**
 * 1 GiB through the standard output of a run, beside `docker run`. Compile first: it measures `dist/`.
 *
 *     npx tsx bench/run-output.ts [--engine 28-overlay2] [--rounds 7] [--megabytes 1024]
 */
import { parseArgs } from 'node:util';
import { bed, type EngineName } from '../test/bed/index.js';
import { project } from '../test/e2e/tasks/gulp.js';
import { boundElapsed } from './shared/bound.js';
import { CONSUMED, consumption } from './shared/consumption.js';
import { alternate, printRatios } from './shared/rounds.js';
import { engineMachine } from './shared/transfer-bench.js';

/** Of the peer's time. */
const LIMIT = 1.05;
const PEER = 'docker run';

const PROGRAM = new URL('../dist/bin/run-image.js', import.meta.url).pathname;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', default: '28-overlay2' },
      rounds: { type: 'string', default: '7' },
      megabytes: { type: 'string', default: '1024' },
    },
  });
  const engine = await bed.engine(values.engine as EngineName);
  await bed.baseImages(engine.docker, ['busybox:latest']);
  const work = `head -c ${Number(values.megabytes) * 2 ** 20} /dev/zero`;
  const runCfg = `[run_image]\nsynthetic_images=app\n[app]\nname=busybox\ntag=latest\nprefix=False\ninteractive=-i\ncmd=${work}\n`;
  await using made = await project(
    { 'docker/base/Dockerfile': 'FROM scratch\n', 'docker/run.cfg': runCfg },
    'bench-run',
  );
  const machine = engineMachine(engine);
  const env = { ...process.env, ...engine.env };
  const measure = (argv: readonly string[]) => () =>
    // Whoever reads takes what comes as fast as it comes.
    consumption({ argv: ['sh', '-c', '"$@" | cat > /dev/null', 'sh', ...argv], cwd: made.folder, env }, [
      machine,
    ]);
  const results = await alternate(
    {
      ours: measure([process.execPath, PROGRAM, 'app']),
      [PEER]: measure([
        await bed.dockerCli(),
        'run',
        '--rm',
        '--init',
        '-i',
        'busybox:latest',
        ...work.split(' '),
      ]),
    },
    Number(values.rounds),
  );
  printRatios(results, CONSUMED);
  const name = `${values.megabytes} MiB of output, ${values.engine}`;
  boundElapsed(name, results, { peer: PEER, limit: LIMIT });
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
