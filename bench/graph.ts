/**
 * A build of 12 images on one base, each of so many files of its own, of which two have changed, beside `docker buildx bake` of the same tree. Compile first:
 * it measures `dist/`.
 *
 *     npx tsx bench/graph.ts [--images 12] [--files 500] [--rounds 7] [--engine 28-overlay2]
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bed, type EngineName } from '../test/bed/index.js';
import { gulpProgram, project } from '../test/e2e/tasks/gulp.js';
import { boundElapsed } from './shared/bound.js';
import { CONSUMED, consumption } from './shared/consumption.js';
import { alternate, printRatios } from './shared/rounds.js';
import { engineMachine } from './shared/transfer-bench.js';

/** Of the peer's time. */
const LIMIT = 0.9;
const PEER = 'buildx bake';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      images: { type: 'string', default: '12' },
      files: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '7' },
      engine: { type: 'string', default: '28-overlay2' },
    },
  });
  const engine = await bed.engine(values.engine as EngineName);
  await bed.baseImages(engine.docker, ['busybox:latest']);
  const files = Number(values.files);
  const names = Array.from({ length: Number(values.images) }, (_, i) => `app${i + 1}`);
  await using made = await project(
    {
      'docker/base/Dockerfile': 'FROM busybox:latest\nCOPY common /common\n',
      'docker/run.cfg': '[run_image]\n',
      common: 'common\n',
      ...Object.fromEntries(
        names.flatMap((name) => [
          [`docker/${name}/Dockerfile`, `FROM base\nCOPY src/${name} /app\nRUN cat /app/file > /made\n`],
          [`src/${name}/file`, `${name}\n`],
          ...Array.from({ length: files }, (_, i) => [`src/${name}/module${i}.py`, `${name} ${i}\n`]),
        ]),
      ),
    },
    'bench-graph',
  );
  writeFileSync(join(made.folder, 'docker-bake.json'), JSON.stringify(bakeFile(names)));
  const machine = engineMachine(engine);
  const env = { ...process.env, ...engine.env, LOGNAME: 'bench' };
  const build = (argv: readonly string[]) => (round: number) => {
    for (const [i, name] of names.slice(0, 2).entries())
      appendFileSync(join(made.folder, `src/${name}/file`), `${argv[0]} ${round} ${i}\n`);
    return consumption({ argv, cwd: made.folder, env }, [machine]);
  };
  const ways = {
    ours: build([process.execPath, gulpProgram, 'build', '--silent']),
    [PEER]: build([await bed.dockerCli(), 'buildx', 'bake', '-f', 'docker-bake.json']),
  };
  for (const way of Object.values(ways)) await way(-1);
  const results = await alternate(ways, Number(values.rounds));
  printRatios(results, CONSUMED);
  const name = `${names.length} images of ${files} files on one base, two changed, ${values.engine}`;
  boundElapsed(name, results, { peer: PEER, limit: LIMIT });
}

/** The same images as bake has them. */
function bakeFile(names: readonly string[]): unknown {
  const target = (name: string) => ({
    context: '.',
    dockerfile: `docker/${name}/Dockerfile`,
    tags: [`bench-graph-baked-${name}:bench`],
    output: ['type=docker'],
  });
  const derived = names.map((name) => [name, { ...target(name), contexts: { base: 'target:base' } }]);
  return {
    group: { default: { targets: ['base', ...names] } },
    target: { base: target('base'), ...Object.fromEntries(derived) },
  };
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
