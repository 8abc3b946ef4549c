import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfers, planTransfer, type TransferResult } from '../../../lib/transfer/index.js';
import { heavy, outermost } from '../../circle.js';
import { quiet } from '../../means.js';
import {
  buildImage,
  buildTree,
  expectFiles,
  type Far,
  fulfilled,
  leftovers,
  newName,
  noise,
  openedEngines,
  overSsh,
  ownCache,
} from './workbench.js';

/** Mbit/s of the hosts: the second is much slower, the third loses its link for good. */
const RATES = { fast: 200, slow: 8, lost: 50 };

/** Bytes of a layer. */
const LAYER = 15_000_000;

heavy(() => {
  describe('transfer to several hosts side by side', function () {
    this.timeout(600_000);
    const name = newName();
    const reference = `${name}:1`;
    const files = { one: noise(LAYER), two: noise(LAYER) };
    const engines = openedEngines(name);
    const hosts = new Map<string, Far>();
    let source: Engine;

    before(async function () {
      this.timeout(900_000);
      source = (await engines.near(this, '28-overlay2')).engine;
      await buildImage(source, reference, 'busybox:latest', files);
      for (const [name, rate] of Object.entries(RATES)) {
        const options = { engine: '26-overlay2', name, rate } as const;
        hosts.set(name, await engines.far(this, options, { deadAfter: name === 'lost' ? 2_000 : 30_000 }));
      }
    });

    it('lets each go at its own pace, and none fail by another', async () => {
      const targets = [...hosts.values()];
      const plans = await Promise.all(targets.map(({ engine }) => planTransfer(source, engine, reference)));
      const running = carryOutTransfers(plans, quiet);
      await sleep(1_000);
      await hosts.get('lost')!.host.cut();
      const [fast, slow, lost] = await running;

      expect(fast).to.have.property('status', 'fulfilled');
      expect(slow).to.have.property('status', 'fulfilled');
      expect(lost).to.have.property('status', 'rejected');
      const { value: quick } = fast as PromiseFulfilledResult<TransferResult>;
      const { value: late } = slow as PromiseFulfilledResult<TransferResult>;
      // 30 s at least are needed by the slow one, and the lost one takes half a minute to be given up.
      expect(late.elapsed).to.be.above(28_000);
      expect(quick.elapsed).to.be.below(late.elapsed);
      // The slow one goes on alone in the middle of a layer, from where it is.
      for (const { bytesSent } of [quick, late]) expect(bytesSent).to.be.within(LAYER * 2, LAYER * 2.1);
      for (const name of ['fast', 'slow']) {
        const { docker } = hosts.get(name)!;
        await expectFiles(docker, reference, files);
        expect(await leftovers(docker)).to.deep.equal([]);
      }
    });
  });
});

/** Other makers' hosts beside Docker's, in the outermost circle. */
const PODMANS = outermost([
  ['podman-4', false],
  ['podman-5', true],
] as const);

describe('transfer to hosts that keep images differently', function () {
  this.timeout(600_000);
  const name = newName();
  const old = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`file${i}`, noise(300_000)]));
  const changed = { ...old, file7: noise(300_000) };
  ownCache();
  const engines = openedEngines(name);
  const hosts: Far[] = [];
  let source: Engine;

  before(async function () {
    this.timeout(900_000);
    source = (await engines.near(this, '28-overlay2')).engine;
    await buildTree(source, `${name}:1`, 'busybox:latest', old);
    await buildTree(source, `${name}:2`, 'busybox:latest', changed);
    for (const engine of ['26-overlay2', '28-containerd', '28-overlay2'] as const) {
      hosts.push(await engines.far(this, { engine, name: engine }));
    }
    for (const [engine, rootless] of PODMANS) {
      const as = overSsh(rootless ? 'none' : 'root');
      hosts.push(await engines.far(this, { engine, name: engine, rootless }, { as }));
    }
  });

  async function transferToAll(tag: string) {
    const plans = await Promise.all(
      hosts.map(({ engine }) => planTransfer(source, engine, `${name}:${tag}`)),
    );
    return fulfilled(await carryOutTransfers(plans, quiet));
  }

  async function expectRight(tag: string, files: Record<string, Buffer>): Promise<void> {
    for (const { docker } of hosts) {
      await expectFiles(docker, `${name}:${tag}`, files, 'tree/');
      expect(await leftovers(docker)).to.deep.equal([]);
    }
  }

  it('brings each what it lacks, whole and then as a delta', async () => {
    for (const { layersSent, deltasSent } of await transferToAll('1')) {
      expect({ layersSent, deltasSent }).to.deep.equal({ layersSent: 1, deltasSent: 0 });
    }
    await expectRight('1', old);
    for (const { bytesSent, deltasSent } of await transferToAll('2')) {
      expect(deltasSent).to.equal(1);
      expect(bytesSent).to.be.within(300_000, 350_000);
    }
    await expectRight('2', changed);
  });
});
