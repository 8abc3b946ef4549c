import { expect } from 'chai';

import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
import { bed, engineNames, type BedEngine } from '../../bed/index.js';
import {
  buildImage,
  hashesIn,
  layersOf,
  leftovers,
  newName,
  noise,
  open,
  prose,
  removeImages,
  sha256,
  silent,
  type Builder,
} from './workbench.js';

const builders: readonly Builder[] = ['classic', 'buildkit'];

describe('transfer between every two engines', function () {
  this.timeout(120_000);
  const engines = new Map<string, { bedEngine: BedEngine; engine: Engine }>();
  const name = newName();
  const images = new Map<string, Record<string, Buffer>>();

  before(async function () {
    this.timeout(900_000);
    for (const engineName of engineNames) {
      const bedEngine = await bed.orSkip(this, () => bed.engine(engineName));
      await bed.baseImages(bedEngine.docker, ['busybox:latest']);
      const engine = await open(bedEngine.url);
      engines.set(engineName, { bedEngine, engine });
      for (const builder of builders) {
        const repository = `${name}-${engineName}-${builder}`;
        // Of their own for every image: otherwise its layers are on the other engines already.
        const files = { noise: noise(300_000), prose: prose(2_000_000) };
        const news = { news: prose(100_000) };
        images.set(repository, { ...files, ...news });
        await buildImage(engine, `${repository}:1`, 'busybox:latest', files, builder);
        await buildImage(engine, `${repository}:2`, `${repository}:1`, news, builder);
      }
    }
  });

  after(async () => {
    for (const { bedEngine, engine } of engines.values()) {
      await removeImages(bedEngine.docker, `${name}*`);
      await engine.close();
    }
  });

  for (const from of engineNames) {
    for (const to of engineNames.filter((other) => other !== from)) {
      for (const builder of builders) {
        it(`${builder}: ${from} -> ${to}`, async () => {
          const source = engines.get(from)!;
          const target = engines.get(to)!;
          const reference = `${name}-${from}-${builder}`;
          const transfer = async (tag: string) => {
            const plan = await planTransfer(source.engine, target.engine, `${reference}:${tag}`);
            return { plan, result: await carryOutTransfer(plan, { report: silent }) };
          };

          const first = await transfer('1');
          expect(first.result.layersSent).to.be.at.least(2);

          const second = await transfer('2');
          expect(second.result.layersSent).to.equal(1);
          expect(second.plan.layers.at(-1)).to.include({ state: 'missing' });
          expect(await layersOf(target.bedEngine.docker, `${reference}:2`)).to.deep.equal(
            await layersOf(source.bedEngine.docker, `${reference}:2`),
          );
          const files = images.get(reference)!;
          expect(await hashesIn(target.bedEngine.docker, `${reference}:2`, Object.keys(files))).to.deep.equal(
            Object.values(files).map(sha256),
          );

          const third = await transfer('2');
          expect(third.plan.alreadyThere).to.equal(second.result.id);
          expect(third.result).to.include({ bytesSent: 0, layersSent: 0 });
          expect(await leftovers(target.bedEngine.docker)).to.deep.equal([]);
          await removeImages(target.bedEngine.docker, reference);
        });
      }
    }
  }
});
