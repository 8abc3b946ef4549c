import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'chai';

import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfers, planTransfer } from '../../../lib/transfer/index.js';
import { bed, type BedEngine, type BedHost } from '../../bed/index.js';
import { sshHome, type SshHome } from '../engine/ssh-home.js';
import {
  buildImage,
  buildTree,
  hashesIn,
  leftovers,
  newName,
  noise,
  open,
  removeImages,
  sha256,
  silent,
} from './workbench.js';

/** Mbit/s of the hosts: the second is much slower, the third loses its link for good. */
const RATES = { fast: 200, slow: 16, lost: 50 };

describe('transfer to several hosts side by side', function () {
  this.timeout(180_000);
  const reference = `${newName()}:1`;
  const files = { one: noise(15_000_000), two: noise(15_000_000) };
  const hosts = new Map<string, { host: BedHost; home: SshHome; engine: Engine }>();
  let here: BedEngine;
  let source: Engine;

  before(async function () {
    this.timeout(900_000);
    here = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(here.docker, ['busybox:latest']);
    source = await open(here.url);
    await buildImage(source, reference, 'busybox:latest', files);
    for (const [name, rate] of Object.entries(RATES)) {
      const host = await bed.orSkip(this, () => bed.host({ engine: '26-overlay2', name, rate }));
      await bed.baseImages(host.docker, ['busybox:latest']);
      const home = await sshHome(host);
      const engine = await open(`ssh://root@${host.address}`, home.env, { deadAfter: 2_000 });
      hosts.set(name, { host, home, engine });
    }
  });

  after(async () => {
    for (const { host, home, engine } of hosts.values()) {
      await engine.close();
      await home.remove();
      await host.stop();
    }
    await removeImages(here.docker, reference);
    await source.close();
  });

  it('lets each go at its own pace, and none fail by another', async () => {
    const targets = [...hosts.values()];
    const plans = await Promise.all(targets.map(({ engine }) => planTransfer(source, engine, reference)));
    const running = carryOutTransfers(plans, { report: silent });
    await sleep(1_000);
    await hosts.get('lost')!.host.cut();
    const [fast, slow, lost] = await running;

    expect(fast).to.have.property('status', 'fulfilled');
    expect(slow).to.have.property('status', 'fulfilled');
    expect(lost).to.have.property('status', 'rejected');
    const elapsed = (outcome: typeof fast) =>
      (outcome as PromiseFulfilledResult<{ elapsed: number }>).value.elapsed;
    // 15 s at least are needed by the slow one, and the lost one takes half a minute to be given up.
    expect(elapsed(slow)).to.be.above(14_000);
    expect(elapsed(fast)).to.be.below(elapsed(slow) - 3_000);
    for (const name of ['fast', 'slow']) {
      const { docker } = hosts.get(name)!.host;
      expect(await hashesIn(docker, reference, Object.keys(files))).to.deep.equal(
        Object.values(files).map(sha256),
      );
      expect(await leftovers(docker)).to.deep.equal([]);
    }
  });
});

describe('transfer to hosts that keep images differently', function () {
  this.timeout(180_000);
  const name = newName();
  const old = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`file${i}`, noise(300_000)]));
  const changed = { ...old, file7: noise(300_000) };
  const hosts: { host: BedHost; home: SshHome; engine: Engine }[] = [];
  const cacheHome = process.env.XDG_CACHE_HOME;
  let cache: string;
  let here: BedEngine;
  let source: Engine;

  before(async function () {
    this.timeout(900_000);
    cache = process.env.XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'transfer-test-'));
    here = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(here.docker, ['busybox:latest']);
    source = await open(here.url);
    await buildTree(source, `${name}:1`, 'busybox:latest', old);
    await buildTree(source, `${name}:2`, 'busybox:latest', changed);
    for (const engine of ['26-overlay2', '28-containerd', '28-overlay2'] as const) {
      const host = await bed.orSkip(this, () => bed.host({ engine, name: engine }));
      await bed.baseImages(host.docker, ['busybox:latest']);
      const home = await sshHome(host);
      hosts.push({ host, home, engine: await open(`ssh://root@${host.address}`, home.env) });
    }
  });

  after(async () => {
    if (cacheHome === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cacheHome;
    for (const { host, home, engine } of hosts) {
      await engine.close();
      await home.remove();
      await host.stop();
    }
    await removeImages(here.docker, name);
    await source.close();
    await rm(cache, { recursive: true });
  });

  async function transferToAll(tag: string) {
    const plans = await Promise.all(
      hosts.map(({ engine }) => planTransfer(source, engine, `${name}:${tag}`)),
    );
    const outcomes = await carryOutTransfers(plans, { report: silent });
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  async function expectRight(tag: string, files: Record<string, Buffer>): Promise<void> {
    const paths = Object.keys(files).map((file) => `tree/${file}`);
    for (const { host } of hosts) {
      const hashes = await hashesIn(host.docker, `${name}:${tag}`, paths);
      expect(hashes).to.deep.equal(Object.values(files).map(sha256));
      expect(await leftovers(host.docker)).to.deep.equal([]);
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
