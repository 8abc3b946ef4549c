import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'chai';

import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfers, planTransfer } from '../../../lib/transfer/index.js';
import { bed, type BedEngine, type BedHost } from '../../bed/index.js';
import { sshHome, type SshHome } from '../engine/ssh-home.js';
import {
  buildImage,
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
