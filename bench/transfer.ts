/**
 * An image to a host behind a link, in turn with what else a user might type: `docker save | ssh docker load` as it is,
 * through gzip and through zstd, and a registry on that host which is reached through an ssh tunnel. Measured are the first
 * time, a change in its top layer, and unchanged: time, processor time of all that takes part (both engines and ssh
 * included), bytes on the wire and the largest resident memory of a process. Ours is the compiled `transfer-image`, its
 * start included. The ratio behind a value is ours to it.
 *
 * Where an image has been removed, ext4 is slow for minutes: with GULP_DOCKERUTILS_BED and TMPDIR in memory (a tmpfs) it
 * harms nobody.
 *
 *     npm run build && npx tsx bench/transfer.ts [--image packages|noise|'small files'|'more small files'|'tiny layers']
 *       [--rate 100] [--rounds 5] [--from 28-overlay2] [--to 28-overlay2] [--only 'save | ssh load'] [--node path]
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type EngineName, isPodman } from '../test/bed/index.js';
import { newName, removeImages } from '../test/e2e/transfer/workbench.js';
import { bound } from './shared/bound.js';
import { buildImages } from './shared/images.js';
import { alternate, bytes, duration, medianOf, printRatios, type Results, seconds } from './shared/rounds.js';
import {
  carry,
  openBench,
  openTunnel,
  OURS,
  PIPES,
  removeThere,
  THROUGH_TUNNEL,
  type Transferred,
  type Way,
} from './shared/transfer-bench.js';

const STAGES = ['first time', 'top layer changed', 'unchanged'] as const;
type Stage = (typeof STAGES)[number];
const TAGS = ['1', '2', '2'];
const TUNNEL = 'registry through a tunnel';
const PLAIN = 'save | ssh load';

/** What ours may take, beside the quickest peer unless one is named. */
interface Limit {
  stage: Stage;
  peer?: string;
  time?: number;
  processor?: number;
  wire?: number;
  /** Bytes, of a process of ours. */
  memory?: number;
}

/** From this rate on, in Mbit/s, the processors are the limit; below it, the link is. */
const FAST = 1000;

function limitsOf(image: string, rate = Infinity): Limit[] {
  const later: Limit[] = [
    { stage: 'top layer changed', peer: TUNNEL, time: 1 },
    { stage: 'unchanged', peer: TUNNEL, time: 1 },
  ];
  if (image.endsWith('small files'))
    return [{ stage: 'first time', peer: PLAIN, time: 1, memory: 200e6 }, ...later];
  if (image === 'tiny layers') return [{ stage: 'first time', peer: PLAIN, time: 1.2 }, ...later];
  if (rate >= FAST) return [{ stage: 'first time', time: 1, processor: 1.2 }, ...later];
  return [
    { stage: 'first time', time: 1 },
    { stage: 'first time', peer: 'save | zstd -3 -T0 | ssh load', wire: 1 },
    ...later,
  ];
}

/** Holds the medians to the limits; a peer that was not measured holds nothing. */
function hold(results: Results<Transferred[]>, name: string, limits: readonly Limit[]): void {
  for (const { stage, peer, memory, ...ratios } of limits) {
    const at = STAGES.indexOf(stage);
    const of = (way: string, what: keyof Transferred) =>
      medianOf(results.get(way) ?? [], (list) => list[at]?.[what]);
    const peers = [...results.keys()].filter((way) => way !== 'ours' && (peer ?? way) === way);
    const quickest = peers.toSorted((a, b) => of(a, 'elapsed') - of(b, 'elapsed'))[0];
    if (quickest === undefined) continue;
    const beside = (unit: string) => `${name}, ${stage}, ${unit} beside ${quickest}`;
    const both = (what: keyof Transferred, scale: number) =>
      ['ours', quickest].map((way) => of(way, what) / scale) as [number, number];
    if (ratios.time !== undefined) bound(beside('s'), ...both('elapsed', 1000), ratios.time, 2);
    if (ratios.processor !== undefined)
      bound(beside('s of processor'), ...both('processor', 1), ratios.processor, 2);
    if (ratios.wire !== undefined) bound(beside('MB'), ...both('bytes', 1e6), ratios.wire, 2);
    if (memory !== undefined)
      bound(`${name}, ${stage}, MB of memory`, of('ours', 'memory') / 1e6, memory / 1e6, 1, 0);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      image: { type: 'string', default: 'packages' },
      rate: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      from: { type: 'string', default: '28-overlay2' },
      to: { type: 'string', default: '28-overlay2' },
      only: { type: 'string', multiple: true },
      node: { type: 'string' },
    },
  });
  const [from, to] = [values.from as EngineName, values.to as EngineName];
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  const bench = await openBench({ from, to, rate, node: values.node });
  const { here, home } = bench;
  home.env.XDG_CACHE_HOME = join(home.folder, 'cache');
  const all: Record<string, Way> = { ...PIPES, ...(!isPodman(to) && { [TUNNEL]: THROUGH_TUNNEL }) };
  const peers = Object.entries(all).filter(([name]) => values.only?.includes(name) ?? true);
  const name = newName();
  const measure = (way: Way) => async () => {
    const closeTunnel = way === THROUGH_TUNNEL ? await openTunnel(bench) : undefined;
    const stages: Transferred[] = [];
    for (const tag of TAGS) stages.push(await carry(bench, way, `${name}:${tag}`));
    await closeTunnel?.();
    await removeThere(bench, name);
    await rm(join(home.folder, 'cache'), { recursive: true, force: true });
    return stages;
  };
  try {
    await buildImages(here, values.image, name);
    const ways = Object.fromEntries(
      [['ours', OURS] as const, ...peers].map(([key, way]) => [key, measure(way)]),
    );
    const results = await alternate(ways, Number(values.rounds));
    const link = rate === undefined ? 'an unlimited link' : `${rate} Mbit/s`;
    for (const [i, stage] of STAGES.entries()) {
      console.log(`${values.image}, ${stage}, ${from} to ${to} over ${link}, median of ${values.rounds}`);
      const of = (what: keyof Transferred) => (list: Transferred[]) => list[i]?.[what];
      printRatios(results, {
        time: { of: of('elapsed'), as: duration },
        processor: { of: of('processor'), as: seconds },
        'its own': { of: of('own'), as: seconds },
        wire: { of: of('bytes'), as: bytes },
        memory: { of: of('memory'), as: bytes },
      });
    }
    hold(results, `${values.image}, ${from} to ${to}, ${link}`, limitsOf(values.image, rate));
  } finally {
    await removeImages(here.docker, name);
    await bench.close();
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
