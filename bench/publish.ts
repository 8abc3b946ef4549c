/** How long a fresh push takes, beside "docker tag" and "docker push" of the same size: `npx tsx bench/publish.ts`. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bed, type EngineName } from '../test/bed/index.js';
import { project } from '../test/e2e/tasks/gulp.js';
import { Workbench } from '../test/e2e/publish/workbench.js';

const LIMIT = 1.05;
const ROUNDS = 5;
/** Bytes that do not compress, in each of two layers. */
const LAYERS = [100_000_000, 60_000_000];

const execute = promisify(execFile);
const publishImage = fileURLToPath(new URL('../dist/bin/publish-image.js', import.meta.url));

/** Milliseconds of both, each with an image and a registry of its own: nothing is known from the push before. */
async function measure(engineName: EngineName): Promise<void> {
  const bench = await Workbench.open(await bed.engine(engineName));
  const docker = await bed.dockerCli();
  const { env } = bench.bed;
  const ways = {
    ours: async (image: string, to: string) => {
      const files = { 'docker/app/Dockerfile': 'FROM scratch\n', 'docker/run.cfg': '[app]\ntag=made\n' };
      await using made = await project(files);
      const argv = [publishImage, '-i', image, '--to', to, 'app'];
      return await timed(() => execute(process.execPath, argv, { cwd: made.folder, env }));
    },
    peer: (image: string, to: string) =>
      timed(async () => {
        await execute(docker, ['tag', `${image}:made`, to], { env });
        await execute(docker, ['push', to], { env });
      }),
  };
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const taken = { ours: 0, peer: 0 };
    // In turns, so that what the machine does meanwhile disturbs both alike.
    for (const way of round % 2 ? (['peer', 'ours'] as const) : (['ours', 'peer'] as const)) {
      const registry = await bed.registry();
      const image = await bench.image(LAYERS);
      const to = `${registry.address}/app:1`;
      taken[way] = await ways[way](image, to);
      await bench.remove(image, `${registry.address}/app`);
      await registry.stop();
    }
    ratios.push(taken.ours / taken.peer);
    console.log(
      `${engineName} round ${round}: ours ${taken.ours.toFixed(0)} ms, docker push ${taken.peer.toFixed(0)} ms, ` +
        `ratio ${(taken.ours / taken.peer).toFixed(3)}`,
    );
  }
  await bench.close();
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
  console.log(`${engineName}: median ratio ${median.toFixed(3)}, at most ${LIMIT}`);
  if (median > LIMIT) process.exitCode = 1;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function main(): Promise<void> {
  const names = process.argv.slice(2) as EngineName[];
  for (const name of names.length ? names : (['28-overlay2', '28-containerd'] as const)) await measure(name);
}

void main();
