/**
 * A first transfer between two engines of this machine, by their sockets, beside `docker save | docker load`. Compile first:
 * it measures `dist/`.
 *
 *     npx tsx bench/local.ts [--image packages|noise|'small files'] [--rounds 5] [--from 28-overlay2] [--to 28-containerd]
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { bed, type EngineName } from '../test/bed/index.js';
import { newName, removeImages } from '../test/e2e/transfer/workbench.js';
import { boundElapsed } from './shared/bound.js';
import { CONSUMED, consumption } from './shared/consumption.js';
import { buildImages } from './shared/images.js';
import { alternate, printRatios } from './shared/rounds.js';
import { engineMachine, PROGRAM } from './shared/transfer-bench.js';

/** Of the peer's time. */
const LIMIT = 1;
const PEER = 'save | load';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      image: { type: 'string', default: 'packages' },
      rounds: { type: 'string', default: '5' },
      from: { type: 'string', default: '28-overlay2' },
      to: { type: 'string', default: '28-containerd' },
    },
  });
  const here = await bed.engine(values.from as EngineName, { own: 'bench-from' });
  const there = await bed.engine(values.to as EngineName, { own: 'bench-to' });
  await bed.baseImages(here.docker, ['busybox:latest']);
  const image = newName();
  const machines = [here, there].map(engineMachine);
  const docker = await bed.dockerCli();
  const measure = (argv: readonly string[]) => async () => {
    await promisify(execFile)('sync');
    const used = await consumption({ argv }, machines);
    await removeImages(there.docker, image);
    return used;
  };
  const pipe = '"$0" -H "$1" save "$2" | "$0" -H "$3" load';
  try {
    await buildImages(here, values.image, image);
    const results = await alternate(
      {
        ours: measure([process.execPath, PROGRAM, `${image}:1`, '--from', here.url, '--host', there.url]),
        [PEER]: measure(['bash', '-o', 'pipefail', '-c', pipe, docker, here.url, `${image}:1`, there.url]),
      },
      Number(values.rounds),
    );
    printRatios(results, CONSUMED);
    const name = `${values.image}, ${values.from} to ${values.to} of one machine`;
    boundElapsed(name, results, { peer: PEER, limit: LIMIT });
  } finally {
    await here.stop();
    await there.stop();
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
