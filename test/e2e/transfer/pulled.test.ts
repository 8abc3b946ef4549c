import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type Docker from 'dockerode';
import { planTransfer } from '../../../lib/transfer/index.js';
import { bed, type BedRegistry, type EngineName } from '../../bed/index.js';
import { engines } from '../../circle.js';
import {
  buildImage,
  expectFiles,
  leftovers,
  type Near,
  newName,
  noise,
  openedEngines,
  prose,
  removeImages,
  transfer,
} from './workbench.js';

const names = engines(['20-overlay2', '28-overlay2', '28-containerd']);

/** What stands there without being the same file: 26 tells nobody in which form it keeps a layer. */
describe('transfer of an image on a base that both sides have pulled from a registry', function () {
  this.timeout(600_000);
  const name = newName();
  const base = { noise: noise(300_000), prose: prose(1_000_000) };
  const opened = openedEngines(name);
  const nears = new Map<EngineName, Near>();
  let registry: BedRegistry;
  let pulled: string;

  before(async function () {
    this.timeout(600_000);
    registry = await bed.orSkip(this, () => bed.registry());
    pulled = `${registry.address}/${name}:base`;
    for (const engineName of names) nears.set(engineName, await opened.near(this, engineName));
    const { docker, engine } = nears.get('20-overlay2')!;
    await flatten(docker, 'busybox:latest', `${name}:flat`);
    await buildImage(engine, `${name}:base`, `${name}:flat`, base);
    const [repo, tag] = [`${registry.address}/${name}`, 'base'];
    await docker.getImage(`${name}:base`).tag({ repo, tag });
    await text(await docker.getImage(pulled).push({ authconfig: {} }));
    await removeImages(docker, name);
    for (const one of nears.values()) await text(await one.docker.pull(pulled));
  });

  after(async () => {
    for (const { docker } of nears.values()) await removeImages(docker, pulled);
    await registry?.stop();
  });

  for (const from of names) {
    for (const to of names.filter((other) => other !== from)) {
      it(`sends what is above the base: ${from} -> ${to}`, async () => {
        const [source, target] = [nears.get(from)!, nears.get(to)!];
        const reference = `${name}:${from}`;
        const app = { app: noise(100_000) };
        await buildImage(source.engine, reference, pulled, app, 'buildkit');
        const sent = await transfer(source.engine, target.engine, reference);
        expect(sent).to.have.property('layersSent', 1);
        await expectFiles(target.docker, reference, { ...base, ...app });
        expect((await planTransfer(source.engine, target.engine, reference)).alreadyThere).to.be.a('string');
        expect(await leftovers(target.docker)).to.deep.equal([]);
        await removeImages(source.docker, reference);
        await removeImages(target.docker, reference);
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
