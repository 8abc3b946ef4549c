import { expect } from 'chai';
import type { Engine } from '../../../lib/engine/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { planTransfer } from '../../../lib/transfer/index.js';
import { bed, type BedNode, nodeNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { criImages } from './cri.js';
import { nodeEnv } from './node-home.js';
import {
  buildImage,
  layersOf,
  type Near,
  newName,
  noise,
  open,
  openedEngines,
  prose,
  transfer,
} from './workbench.js';

for (const containerd of cases(nodeNames)) {
  describe(`transfer to a node with ${containerd}`, function () {
    this.timeout(600_000);
    const name = newName();
    const opened = openedEngines(name);
    const home = nodeEnv();
    const files = { noise: noise(3_000_000), prose: prose(2_000_000) };
    const news = { news: prose(100_000) };
    let near: Near;
    let old: Near;
    let node: BedNode;
    let target: Engine;

    before(async function () {
      this.timeout(600_000);
      near = await opened.near(this, '28-containerd');
      old = await opened.near(this, '20-overlay2');
      node = await bed.orSkip(this, () => bed.node({ containerd, name: 'far', dataSize: '64m' }));
      target = await open(`ctr://root@${node.address}`, await home.of(node));
      await buildImage(near.engine, `${name}:1`, 'busybox:latest', files);
      await buildImage(near.engine, `${name}:2`, `${name}:1`, news);
    });
    after(async () => {
      await target?.close();
      await node?.stop();
    });

    const held = async () =>
      (await node.ctr('content', 'ls')).split('\n').filter((line) => line.includes('gulp'));
    const names = async () =>
      (await node.ctr('images', 'ls', '-q'))
        .split('\n')
        .filter((line) => line.includes(name) || line.includes('gulp'));

    async function expectComplete(reference: string): Promise<void> {
      const checked = await node.ctr('images', 'check', `name==docker.io/library/${reference}`);
      expect(checked).to.match(/complete \((\d+)\/\1\)/);
      expect(await held()).to.deep.equal([]);
    }

    it('sends what is missing, and nothing the second time', async () => {
      const first = await transfer(near.engine, target, `${name}:1`);
      expect(first.layersSent).to.equal(3);
      await expectComplete(`${name}:1`);
      const second = await transfer(near.engine, target, `${name}:2`);
      expect(second.layersSent).to.equal(1);
      expect(second.bytesSent).to.be.lessThan(60_000);
      await expectComplete(`${name}:2`);
      expect(await transfer(near.engine, target, `${name}:2`)).to.include({
        id: second.id,
        bytesSent: 0,
        layersSent: 0,
      });
      expect(await names()).to.have.members([1, 2].map((tag) => `docker.io/library/${name}:${tag}`));
    });

    it('is seen by what the kubelet asks, under the name and the ID that it goes by', async () => {
      const { id } = await transfer(near.engine, target, `${name}:2`);
      const seen = await criImages(node);
      expect(seen).to.contain(`docker.io/library/${name}:2`);
      expect(seen).to.contain(id);
    });

    it('moves a name to what is sent next, of an engine that keeps layers in another form, too', async () => {
      await transfer(near.engine, old.engine, `${name}:2`);
      await old.docker.getImage(`${name}:2`).tag({ repo: name, tag: '1' });
      const { layersSent } = await transfer(old.engine, target, `${name}:1`);
      expect(layersSent).to.equal(0);
      await expectComplete(`${name}:1`);
      const facts = await target.images.inspect(`${name}:1`);
      expect(facts?.RootFS?.Layers).to.deep.equal(await layersOf(old.docker, `${name}:1`));
    });

    it('sends layers whole whose files the node has thrown away once they were unpacked', async () => {
      const [layer = ''] = (await layersOf(near.docker, `${name}:1`)).slice(1);
      await node.ctr('content', 'rm', layer);
      await near.docker.getImage(`${name}:2`).tag({ repo: name, tag: '3' });
      await transfer(near.engine, target, `${name}:3`);
      await expectComplete(`${name}:3`);
    });

    it('takes an image into another namespace', async () => {
      const other = await open(`ctr://root@${node.address}?namespace=other`, await home.of(node));
      try {
        await transfer(near.engine, other, `${name}:2`);
        const listed = await node.run([
          'sh',
          '-c',
          `ctr -n other images check name==docker.io/library/${name}:2`,
        ]);
        expect(listed).to.match(/complete \((\d+)\/\1\)/);
      } finally {
        await other.close();
      }
    });

    it('says that the disk there is full, and leaves the old image as it was', async () => {
      const large = `${name}:large`;
      await buildImage(near.engine, large, 'busybox:latest', { large: noise(60_000_000) });
      await node.ctr('images', 'tag', `docker.io/library/${name}:2`, `docker.io/library/${large}`);
      const before = await target.images.inspect(large);
      const error: unknown = await transfer(near.engine, target, large).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UserError);
      expect(error).to.have.property('code', 'TARGET_DISK_FULL');
      expect(await target.images.inspect(large)).to.deep.equal(before);
      await expectComplete(large);
      // What came of it takes no room any more.
      await node.run(['sh', '-c', 'test $(df --output=avail -m /var/lib/docker | tail -1) -gt 30']);
    });

    it('gives no image away', async () => {
      const error: unknown = await planTransfer(target, near.engine, `${name}:2`).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(UserError);
      expect(error).to.have.property('code', 'NOT_AN_ENGINE');
    });
  });
}
