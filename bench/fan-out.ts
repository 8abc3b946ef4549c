/**
 * An image of 500 MB, incompressible, to 1, 3 and 6 hosts of one place behind one line of 200 Mbit/s, all of which lack it:
 * ours, the compiled `transfer-image`, in turn with `docker save | gzip -1 | ssh docker load` to all of them side by side.
 * Measured are the time until the last host has it and the bytes on the line. It fails where more than 1.05 of one copy
 * crosses the line, or it takes 3 hosts more than 1.5 of the time of one, or 6 more than twice that.
 *
 *     npm run build && npx tsx bench/fan-out.ts [--rate 200] [--rounds 3]
 *       [--hosts 1,3,6] [--to 28-overlay2] [--ours]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bed, type BedHost, type EngineName } from '../test/bed/index.js';
import { sshHome } from '../test/e2e/engine/ssh-home.js';
import { newName, removeImages } from '../test/e2e/transfer/workbench.js';
import { bound } from './shared/bound.js';
import { buildImages } from './shared/images.js';
import { alternate, bytes, duration, median } from './shared/rounds.js';
import { openSite } from './shared/site.js';

const PROGRAM = new URL('../dist/bin/transfer-image.js', import.meta.url).pathname;

/** Of one copy, and of one host's time. */
const MOST_BYTES = 1.05;
const MOST_TIME: Readonly<Record<number, number>> = { 3: 1.5, 6: 2 };

/** What the image has, all of it incompressible. */
const COPY = 502e6;

const OURS = (count: number) => `ours to ${count}`;
const PEER = (count: number) => `save | gzip -1 | ssh load to ${count}`;

interface Sent {
  elapsed: number;
  bytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '200' },
      rounds: { type: 'string', default: '3' },
      hosts: { type: 'string', default: '1,3,6' },
      to: { type: 'string', default: '28-overlay2' },
      ours: { type: 'boolean', default: false },
    },
  });
  const counts = values.hosts.split(',').map(Number);
  const here = await bed.engine('28-overlay2');
  const hosts: BedHost[] = [];
  for (let i = 0; i < Math.max(...counts); i++)
    hosts.push(await bed.host({ engine: values.to as EngineName, name: `site${i + 1}` }));
  const [first] = hosts;
  if (!first) throw new Error('no hosts');
  const home = await sshHome(first);
  for (const host of hosts) await appendFile(home.knownHostsFile, await readFile(host.knownHostsFile));
  await home.configure(
    hosts.map((host) => `Host ${host.address}\n  IdentityFile ${host.identityFile}`).join('\n'),
  );
  const site = await openSite(hosts, Number(values.rate));
  const name = newName();
  const send = (program: (to: readonly string[]) => readonly string[], count: number) => async () => {
    const [before, started] = [await site.bytes(), performance.now()];
    await run(program(hosts.slice(0, count).map(({ address }) => `root@${address}`)), home.env);
    const sent = { elapsed: performance.now() - started, bytes: (await site.bytes()) - before };
    console.log(`  ${count}: ${duration(sent.elapsed)}, ${bytes(sent.bytes)}`);
    for (const { docker } of hosts.slice(0, count)) {
      await docker.getImage(`${name}:1`).inspect();
      await removeImages(docker, name);
    }
    return sent;
  };
  const ours = (to: readonly string[]) => [process.execPath, PROGRAM, `${name}:1`, '--from', here.url, ...to];
  const peer = (to: readonly string[]) => [
    ...['bash', '-c'],
    'url=$1; image=$2; shift 2; for to; do docker -H "$url" save "$image" | gzip -1 | ssh "$to" docker load & done; wait',
    ...['bash', here.url, `${name}:1`, ...to],
  ];
  try {
    await bed.baseImages(here.docker, ['busybox:latest']);
    await buildImages(here, 'five layers', name);
    const ways = Object.fromEntries(
      counts.flatMap((count) => [
        [OURS(count), send(ours, count)] as const,
        ...(values.ours ? [] : [[PEER(count), send(peer, count)] as const]),
      ]),
    );
    const results = await alternate<Sent>(ways, Number(values.rounds));
    console.log(`five layers, ${values.rate} Mbit/s, to ${values.to}, median of ${values.rounds}`);
    const of = (way: string) => {
      const all = results.get(way) ?? [];
      return {
        elapsed: median(all.map(({ elapsed }) => elapsed)),
        bytes: median(all.map((one) => one.bytes)),
      };
    };
    const alone = of(OURS(1));
    for (const count of counts) {
      const [sent, peers] = [of(OURS(count)), of(PEER(count))];
      if (!values.ours)
        console.log(
          `to ${count}: ${duration(sent.elapsed)}, ${bytes(sent.bytes)}; the peer: ${duration(peers.elapsed)}, ${bytes(peers.bytes)}`,
        );
      bound(`to ${count}, MB on the line beside one copy`, sent.bytes / 1e6, COPY / 1e6, MOST_BYTES, 0);
      const most = MOST_TIME[count];
      if (most !== undefined)
        bound(`to ${count}, s beside ours to one host`, sent.elapsed / 1000, alone.elapsed / 1000, most);
    }
  } finally {
    await removeImages(here.docker, name);
    await site.close();
    await home.remove();
    for (const host of hosts) await host.stop();
  }
}

async function run([program = '', ...words]: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const [status] = (await once(child, 'exit')) as [number];
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${output}`);
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
