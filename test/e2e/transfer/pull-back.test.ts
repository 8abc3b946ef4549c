import { expect } from 'chai';

import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
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

for (const engineName of ['28-containerd', '28-overlay2', '20-overlay2'] as const) {
  describe(`pulling an image back from ${engineName}`, function () {
    this.timeout(120_000);
    const name = newName();
    const files = { large: noise(20_000_000), small: noise(1_000_000) };
    let here: BedEngine;
    let target: Engine;
    let host: BedHost;
    let home: SshHome;
    let source: Engine;

    before(async function () {
      this.timeout(600_000);
      here = await bed.orSkip(this, () => bed.engine('26-overlay2'));
      host = await bed.orSkip(this, () => bed.host({ engine: engineName, name: 'far' }));
      await bed.baseImages(here.docker, ['busybox:latest']);
      await bed.baseImages(host.docker, ['busybox:latest']);
      home = await sshHome(host);
      source = await open(`ssh://root@${host.address}`, home.env);
      target = await open(here.url);
      await buildImage(source, `${name}:1`, 'busybox:latest', { large: files.large });
      await buildImage(source, `${name}:2`, `${name}:1`, { small: files.small });
    });

    after(async () => {
      await removeImages(here.docker, name);
      await target?.close();
      await source?.close();
      await home?.remove();
      await host?.stop();
    });

    it('brings only the layers that are missing here over the wire', async () => {
      const transfer = async (tag: string) =>
        carryOutTransfer(await planTransfer(source, target, `${name}:${tag}`), { report: silent });
      const before = await host.bytes();
      expect(await transfer('1')).to.have.property('layersSent', 1);
      const between = await host.bytes();
      expect(between.received - before.received).to.be.within(files.large.length, files.large.length * 1.05);
      expect(await transfer('2')).to.have.property('layersSent', 1);
      const after = await host.bytes();
      expect(after.received - between.received).to.be.below(files.small.length * 1.2);

      const names = Object.keys(files);
      expect(await hashesIn(here.docker, `${name}:2`, names)).to.deep.equal(Object.values(files).map(sha256));
      expect(await leftovers(host.docker)).to.deep.equal([]);
      expect(await host.docker.listContainers({ all: true })).to.deep.equal([]);
      expect(await host.docker.listImages({ all: true, filters: { dangling: ['true'] } })).to.deep.equal([]);
    });
  });
}
