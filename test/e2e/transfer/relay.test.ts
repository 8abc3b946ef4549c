import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { Engine } from '../../../lib/engine/index.js';
import { createReport } from '../../../lib/report/index.js';
import { TEMPORARY_LABEL } from '../../../lib/transfer/base/temporary-names.js';
import { carryOutTransfers, planTransfer, planWays } from '../../../lib/transfer/index.js';
import { bed, type EngineName } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { quiet } from '../../means.js';
import { until } from '../../until.js';
import {
  buildImage,
  expectFiles,
  type Far,
  fulfilled,
  leftovers,
  newName,
  noise,
  openedEngines,
  ownCache,
  removeImages,
} from './workbench.js';

/** Bytes of a layer, and Mbit/s of the line to the host that gives it on, where that shall take its time. */
const LAYER = 10_000_000;
const RATE = 40;

describe('hosts that get an image from each other', function () {
  this.timeout(600_000);
  const name = newName();
  const reference = `${name}:1`;
  const files = { one: noise(LAYER), two: noise(LAYER) };
  ownCache();
  const engines = openedEngines(name);
  const hosts: Far[] = [];
  let source: Engine;

  before(async function () {
    this.timeout(900_000);
    source = (await engines.near(this, '28-overlay2')).engine;
    await buildImage(source, reference, 'busybox:latest', files);
    const names: EngineName[] = ['28-containerd', '20-overlay2', '28-overlay2'];
    hosts.push(
      ...(await Promise.all(
        names.map((engine) => engines.far(this, { engine, name: engine }, { deadAfter: 10_000 })),
      )),
    );
    await bed.joinHosts(hosts[0]!.host, hosts[1]!.host);
  });

  afterEach(async () => {
    for (const { docker, host } of hosts) {
      expect(await leftovers(docker)).to.deep.equal([]);
      const filters = { label: [TEMPORARY_LABEL] };
      expect(await docker.listContainers({ all: true, filters })).to.deep.equal([]);
      await removeImages(docker, reference);
      await host.rate(undefined);
    }
  });

  /** Begins to send the image to all of these; resolves to what was said and what came of it. */
  async function send(to: readonly Far[]) {
    const said = new PassThrough();
    let text = '';
    said.on('data', (bytes: Buffer) => (text += bytes.toString()));
    const report = createReport({ stream: said as unknown as NodeJS.WriteStream, env: {} });
    const before = await Promise.all(to.map(({ host }) => host.bytes()));
    const plans = await Promise.all(to.map(({ engine }) => planTransfer(source, engine, reference)));
    const running = carryOutTransfers(plans, { ...quiet, report }, await planWays(plans));
    const ended = async () => {
      const outcomes = await running;
      const after = await Promise.all(to.map(({ host }) => host.bytes()));
      const results = fulfilled(outcomes);
      for (const { docker } of to) await expectFiles(docker, reference, files);
      return { results, sent: after.map(({ sent }, i) => sent - before[i]!.sent), said: text };
    };
    return { ended };
  }

  /** Resolves when so many bytes have come to a host since it was called. */
  async function come({ host }: Far, bytes: number): Promise<void> {
    const { sent } = await host.bytes();
    await until('some of a layer', async () => (await host.bytes()).sent - sent > bytes);
  }

  async function endProgram({ docker }: Far): Promise<void> {
    const filters = { label: [TEMPORARY_LABEL] };
    for (const { Id } of await docker.listContainers({ filters })) await docker.getContainer(Id).kill();
  }

  it('is sent once to those that reach each other, and by itself to one that does not', async () => {
    const { results, sent, said } = await (await send(hosts)).ended();
    // Once, but for what a busy machine is late with; twice would be twice as much.
    expect(sent[0]! + sent[1]!).to.be.within(2 * LAYER, 3 * LAYER);
    expect(sent[2]).to.be.within(2 * LAYER, 2 * LAYER * 1.05);
    expect(results[1]!.bytesGiven).to.be.within(LAYER, 2 * LAYER * 1.01);
    expect(results[0]!.bytesGiven).to.equal(0);
    const [, second, third] = hosts.map(({ engine }) => engine.address.url);
    expect(said).to.match(new RegExp(`${third} .*gets a copy from here: it does not reach`));
    expect(said).to.match(new RegExp(`${second} .* and [\\d.]+MB from another host`));
  });

  it('goes on from here, with what has come, where the one that gives it on dies', async () => {
    const [head, peer] = hosts as [Far, Far, Far];
    await head.host.rate(RATE);
    const { ended } = await send([head, peer]);
    await come(head, LAYER * 1.3);
    await endProgram(head);
    const { results, said } = await ended();
    expect(said).to.match(/goes on from here, because no other host gives it on: /);
    expect(said).to.match(/goes on with a copy from here: nothing comes from the other host any more/);
    // The layer that was on its way goes again to the one, and to the other what had not come of it.
    expect(results[0]!.bytesSent).to.be.below(LAYER * 3.1);
    expect(results[1]!.bytesSent).to.be.within(1, LAYER * 1.5);
  });

  it('goes on from here for one whose program dies, and for the other as before', async () => {
    const [head, peer] = hosts as [Far, Far, Far];
    await head.host.rate(RATE);
    const { ended } = await send([head, peer]);
    await come(head, LAYER * 1.3);
    await endProgram(peer);
    const { results, said } = await ended();
    expect(said).to.match(/goes on from here, because no other host gives it on: /);
    expect(results[0]!.bytesSent).to.be.below(LAYER * 2.1);
  });

  heavy(() => {
    it('goes on from here where the network between them goes silent', async () => {
      const [head, peer] = hosts as [Far, Far, Far];
      await head.host.rate(RATE);
      const { ended } = await send([head, peer]);
      await come(head, LAYER * 1.3);
      const device = `to-${head.host.pid}-${peer.host.pid}`.slice(0, 15);
      await peer.host.run(['ip', 'link', 'set', device, 'down']);
      try {
        const { results, said } = await ended();
        expect(said).to.match(/goes on with a copy from here: nothing comes from the other host any more/);
        // It may have been behind the first by some blocks, which come once more; what it had does not.
        expect(results[1]!.bytesSent).to.be.within(1, LAYER * 2);
      } finally {
        await peer.host.run(['ip', 'link', 'set', device, 'up']);
      }
    });
  });
});
