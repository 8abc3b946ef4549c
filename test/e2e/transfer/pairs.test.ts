import { expect } from 'chai';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
import type { EngineName } from '../../bed/index.js';
import { engines } from '../../circle.js';
import { quiet } from '../../means.js';
import {
  type Builder,
  buildImage,
  expectFiles,
  layersOf,
  leftovers,
  type Near,
  newName,
  noise,
  openedEngines,
  prose,
  removeImages,
} from './workbench.js';

const builders: readonly Builder[] = ['classic', 'buildkit'];

describe('transfer between every two engines', function () {
  this.timeout(600_000);
  const name = newName();
  const opened = openedEngines(name);
  const nears = new Map<EngineName, Near>();
  const images = new Map<string, Record<string, Buffer>>();

  before(async function () {
    this.timeout(900_000);
    for (const engineName of engines()) {
      const near = await opened.near(this, engineName);
      nears.set(engineName, near);
      for (const builder of builders) {
        const repository = `${name}-${engineName}-${builder}`;
        // Of their own for every image: otherwise its layers are on the other engines already.
        const files = { noise: noise(300_000), prose: prose(2_000_000) };
        const news = { news: prose(100_000) };
        images.set(repository, { ...files, ...news });
        await buildImage(near.engine, `${repository}:1`, 'busybox:latest', files, builder);
        await buildImage(near.engine, `${repository}:2`, `${repository}:1`, news, builder);
      }
    }
  });

  for (const from of engines()) {
    for (const to of engines().filter((other) => other !== from)) {
      for (const builder of builders) {
        it(`brings what is missing (${builder}): ${from} -> ${to}`, async () => {
          const source = nears.get(from)!;
          const target = nears.get(to)!;
          const reference = `${name}-${from}-${builder}`;
          const send = async (tag: string) => {
            const plan = await planTransfer(source.engine, target.engine, `${reference}:${tag}`);
            return { plan, result: await carryOutTransfer(plan, quiet) };
          };

          const first = await send('1');
          expect(first.result.layersSent).to.be.at.least(2);

          const second = await send('2');
          expect(second.result.layersSent).to.equal(1);
          expect(second.plan.layers.at(-1)).to.include({ state: 'missing' });
          expect(await layersOf(target.docker, `${reference}:2`)).to.deep.equal(
            await layersOf(source.docker, `${reference}:2`),
          );
          await expectFiles(target.docker, `${reference}:2`, images.get(reference)!);

          const third = await send('2');
          expect(third.plan.alreadyThere).to.equal(second.result.id);
          expect(third.result).to.include({ bytesSent: 0, layersSent: 0 });
          expect(await leftovers(target.docker)).to.deep.equal([]);
          await removeImages(target.docker, reference);
        });
      }
    }
  }
});
