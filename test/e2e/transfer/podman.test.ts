import { expect } from 'chai';
import { type BedHost, podmanNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import {
  buildImage,
  buildTree,
  expectFiles,
  type Far,
  layersOf,
  leftovers,
  type Near,
  newName,
  noise,
  openedEngines,
  ownCache,
  prose,
  transfer,
} from './workbench.js';

for (const podman of cases(podmanNames)) {
  describe(`transfer to and from ${podman}`, function () {
    this.timeout(600_000);
    const name = newName();
    const opened = openedEngines(name);
    ownCache();
    const files = { noise: noise(3_000_000), prose: prose(2_000_000) };
    const news = { news: prose(100_000) };
    let near: Near;
    let old: Near;
    let far: Far;

    before(async function () {
      this.timeout(600_000);
      near = await opened.near(this, '28-containerd');
      old = await opened.near(this, '20-overlay2');
      far = await opened.far(this, { engine: podman, name: 'podman' });
      for (const { engine } of [near, old]) {
        await buildImage(engine, `${name}:1`, 'busybox:latest', files);
        await buildImage(engine, `${name}:2`, `${name}:1`, news);
      }
    });

    it('sends what is missing, and nothing the second time', async () => {
      const first = await transfer(near.engine, far.engine, `${name}:1`);
      expect(first.layersSent).to.equal(2);
      const second = await transfer(near.engine, far.engine, `${name}:2`);
      expect(second.layersSent).to.equal(1);
      expect(second.bytesSent).to.be.lessThan(60_000);
      expect(await layersOf(far.docker, `${name}:2`)).to.deep.equal(await layersOf(near.docker, `${name}:2`));
      await expectFiles(far.docker, `${name}:2`, { ...files, ...news });
      const third = await transfer(near.engine, far.engine, `${name}:2`);
      expect(third).to.include({ id: second.id, bytesSent: 0, layersSent: 0 });
      expect(await leftovers(far.docker)).to.deep.equal([]);
    });

    it('gives it the name that podman run finds', async () => {
      expect(await podmanRun(far.host, `${name}:2`, 'wc', '-c', '/news')).to.equal('100000 /news\n');
    });

    it('gives it the name, too, that would hide the new image from podman run', async () => {
      await far.host.run(['podman', 'tag', 'busybox', `localhost/${name}:hidden`]);
      await near.docker.getImage(`${name}:2`).tag({ repo: name, tag: 'hidden' });
      await transfer(near.engine, far.engine, `${name}:hidden`);
      expect(await podmanRun(far.host, `${name}:hidden`, 'wc', '-c', '/news')).to.equal('100000 /news\n');
    });

    it('sends of a layer that was built again what is new in it', async () => {
      const tree = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`file-${i}`, noise(400_000)]));
      await buildTree(near.engine, `${name}-tree:1`, 'busybox:latest', tree);
      await transfer(near.engine, far.engine, `${name}-tree:1`);
      const newTree = { ...tree, 'file-7': noise(300_000) };
      await buildTree(near.engine, `${name}-tree:2`, 'busybox:latest', newTree);
      const { deltasSent, bytesSent } = await transfer(near.engine, far.engine, `${name}-tree:2`);
      expect(deltasSent).to.equal(1);
      expect(bytesSent).to.be.lessThan(600_000);
      await expectFiles(far.docker, `${name}-tree:2`, newTree, 'tree/');
    });

    it('brings an image of podman to both stores of Docker', async () => {
      await buildImage(far.engine, `${name}-back:1`, `${name}:2`, { more: noise(50_000) });
      for (const target of [near, old]) {
        const { layersSent } = await transfer(far.engine, target.engine, `${name}-back:1`);
        expect(layersSent).to.be.at.least(1);
        expect(await layersOf(target.docker, `${name}-back:1`)).to.deep.equal(
          await layersOf(far.docker, `${name}-back:1`),
        );
        const again = await transfer(far.engine, target.engine, `${name}-back:1`);
        expect(again).to.include({ bytesSent: 0, layersSent: 0 });
      }
    });
  });
}

function podmanRun(host: BedHost, ...argv: string[]): Promise<string> {
  return host.run(['env', 'PODMAN_IGNORE_CGROUPSV1_WARNING=1', 'podman', 'run', '--rm', ...argv]);
}
