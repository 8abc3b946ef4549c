/** How long a fresh push takes, beside "docker tag" and "docker push" of the same size: `npx tsx bench/publish.ts`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bed, type EngineName } from '../test/bed/index.js';
import { Workbench } from '../test/e2e/publish/workbench.js';
import { bound } from './shared/bound.js';

const LIMIT = 1.05;
const ROUNDS = 6;
/** Bytes that do not compress, in each of two layers. */
const LAYERS = [200_000_000, 100_000_000];

const execute = promisify(execFile);
/** Milliseconds of both, each with an image and a registry of its own: nothing is known from the push before. */
async function measure(engineName: EngineName): Promise<void> {
  const bench = await Workbench.open(await bed.engine(engineName));
  const docker = await bed.dockerCli();
  const { env } = bench.bed;
  const ways = {
    // From the open engine to the digest that was read back.
    ours: (image: string, to: string) =>
      timed(async () => {
        const { error } = await bench.publish(image, to);
        if (error) throw error;
      }),
    peer: (image: string, to: string) =>
      timed(async () => {
        await execute(docker, ['tag', `${image}:made`, to], { env });
        await execute(docker, ['push', to], { env });
      }),
  };
  const starts: number[] = [];
  for (let round = 1; round <= ROUNDS; round++)
    starts.push(await timed(() => execute(docker, ['--version'], { env })));
  const times = { ours: [] as number[], peer: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    // In turns, so that what the machine does meanwhile disturbs both alike.
    for (const way of round % 2 ? (['peer', 'ours'] as const) : (['ours', 'peer'] as const)) {
      const registry = await bed.registry();
      const image = await bench.image(LAYERS);
      times[way].push(await ways[way](image, `${registry.address}/app:1`));
      await bench.remove(image, `${registry.address}/app`);
      await registry.stop();
    }
    const [ours, peer] = [times.ours.at(-1)!, times.peer.at(-1)!];
    console.log(
      `${engineName} round ${round}: ours ${ours.toFixed(0)} ms, docker push ${peer.toFixed(0)} ms`,
    );
  }
  await bench.close();
  // The quickest of each is what it costs; all above it is the machine's other work.
  // Neither counts the start of a program: not node's, and not docker's, which starts twice.
  const start = Math.min(...starts);
  const [ours, peer] = [Math.min(...times.ours), Math.min(...times.peer) - 2 * start];
  bound(`publish from ${engineName}, ms beside docker push`, ours, peer, LIMIT, 0);
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
