import { expect } from 'chai';
import { cases } from '../../circle.js';
import {
  buildImage,
  expectFiles,
  type Far,
  leftovers,
  type Near,
  newName,
  noise,
  openedEngines,
  transfer,
} from './workbench.js';

for (const engineName of cases(['20-overlay2', '28-overlay2', '28-containerd'] as const)) {
  describe(`pulling an image back from ${engineName}`, function () {
    this.timeout(600_000);
    const name = newName();
    const files = { large: noise(20_000_000), small: noise(1_000_000) };
    const opened = openedEngines(name);
    let near: Near;
    let far: Far;

    before(async function () {
      this.timeout(600_000);
      near = await opened.near(this, '26-overlay2');
      far = await opened.far(this, { engine: engineName, name: 'far' });
      await buildImage(far.engine, `${name}:1`, 'busybox:latest', { large: files.large });
      await buildImage(far.engine, `${name}:2`, `${name}:1`, { small: files.small });
    });

    it('brings only the layers that are missing here over the wire', async () => {
      const { host, docker } = far;
      const pull = (tag: string) => transfer(far.engine, near.engine, `${name}:${tag}`);
      const before = await host.bytes();
      expect(await pull('1')).to.have.property('layersSent', 1);
      const between = await host.bytes();
      expect(between.received - before.received).to.be.within(files.large.length, files.large.length * 1.05);
      expect(await pull('2')).to.have.property('layersSent', 1);
      const after = await host.bytes();
      expect(after.received - between.received).to.be.below(files.small.length * 1.2);

      await expectFiles(near.docker, `${name}:2`, files);
      expect(await leftovers(docker)).to.deep.equal([]);
      expect(await docker.listContainers({ all: true })).to.deep.equal([]);
      expect(await docker.listImages({ all: true, filters: { dangling: ['true'] } })).to.deep.equal([]);
    });
  });
}
