import { text } from 'node:stream/consumers';

import { expect } from 'chai';
import type Docker from 'dockerode';

import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
import { bed, type BedEngine, type BedRegistry, type EngineName } from '../../bed/index.js';
import {
  buildImage,
  hashesIn,
  leftovers,
  newName,
  noise,
  open,
  prose,
  removeImages,
  sha256,
  silent,
} from './workbench.js';

const names: readonly EngineName[] = ['20-overlay2', '28-overlay2', '28-containerd'];

/** What stands there without being the same file: 26 tells nobody in which form it keeps a layer. */
describe('transfer of an image on a base that both sides have pulled from a registry', function () {
  this.timeout(120_000);
  const name = newName();
  const base = { noise: noise(300_000), prose: prose(1_000_000) };
  const engines = new Map<EngineName, { bedEngine: BedEngine; engine: Engine }>();
  let registry: BedRegistry;
  let pulled: string;

  before(async function () {
    this.timeout(600_000);
    registry = await bed.orSkip(this, () => bed.registry());
    pulled = `${registry.address}/${name}:base`;
    for (const engineName of names) {
      const bedEngine = await bed.orSkip(this, () => bed.engine(engineName));
      const engine = await open(bedEngine.url);
      engines.set(engineName, { bedEngine, engine });
    }
    const { bedEngine, engine } = engines.get('20-overlay2')!;
    await bed.baseImages(bedEngine.docker, ['busybox:latest']);
    await flatten(bedEngine.docker, 'busybox:latest', `${name}:flat`);
    await buildImage(engine, `${name}:base`, `${name}:flat`, base);
    const [repo, tag] = [`${registry.address}/${name}`, 'base'];
    await bedEngine.docker.getImage(`${name}:base`).tag({ repo, tag });
    await text(await bedEngine.docker.getImage(pulled).push({ authconfig: {} }));
    await removeImages(bedEngine.docker, name);
    for (const one of engines.values()) await text(await one.bedEngine.docker.pull(pulled));
  });

  after(async () => {
    for (const { bedEngine, engine } of engines.values()) {
      await removeImages(bedEngine.docker, name);
      await removeImages(bedEngine.docker, pulled);
      await engine.close();
    }
    await registry?.stop();
  });

  for (const from of names) {
    for (const to of names.filter((other) => other !== from)) {
      it(`sends what is above the base: ${from} -> ${to}`, async () => {
        const [source, target] = [engines.get(from)!, engines.get(to)!];
        const reference = `${name}:${from}`;
        const app = { app: noise(100_000) };
        await buildImage(source.engine, reference, pulled, app, 'buildkit');
        const plan = await planTransfer(source.engine, target.engine, reference);
        expect(await carryOutTransfer(plan, { report: silent })).to.have.property('layersSent', 1);

        const files = { ...base, ...app };
        const hashes = await hashesIn(target.bedEngine.docker, reference, Object.keys(files));
        expect(hashes).to.deep.equal(Object.values(files).map(sha256));
        expect((await planTransfer(source.engine, target.engine, reference)).alreadyThere).to.be.a('string');
        expect(await leftovers(target.bedEngine.docker)).to.deep.equal([]);
        await removeImages(source.bedEngine.docker, reference);
        await removeImages(target.bedEngine.docker, reference);
      });
    }
  }
});

/**
 * Makes an image of one layer that no engine has yet: of a layer that it has in another form already, containerd's store
 * does not pull the file, and tells nothing of the image then.
 */
async function flatten(docker: Docker, from: string, reference: string): Promise<void> {
  const [repo, tag] = reference.split(':');
  const container = await docker.createContainer({ Image: from, Cmd: ['true'] });
  try {
    await text(await docker.importImage(await container.export(), { repo, tag }));
  } finally {
    await container.remove();
  }
}
