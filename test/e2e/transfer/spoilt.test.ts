import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Engine } from '../../../lib/engine/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { engineNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { compiled } from '../../program.js';
import { type Damage, type SpoilingSource, spoilingSource } from './spoiling-source.js';
import {
  buildImage,
  type Far,
  leftovers,
  type Near,
  newName,
  noise,
  open,
  openedEngines,
  transfer,
} from './workbench.js';

/** What our message says of each. */
const SAYS: Readonly<Record<Damage, RegExp>> = {
  'a wrong byte':
    /does not give .* away: (?:what it gives for )?the layer [0-9a-f]{12} (?:has another digest|cannot be unpacked)/,
  'a wrong length': /does not give .* away: /,
};

const CASES = (Object.keys(SAYS) as Damage[]).flatMap((damage) =>
  (['28-overlay2', '28-containerd'] as const).map((sourceName) => ({ damage, sourceName })),
);

for (const { damage, sourceName } of CASES)
  describe(`a layer that ${sourceName} gives away with ${damage}`, function () {
    this.timeout(600_000);
    const name = newName();
    const reference = `${name}:1`;
    const opened = openedEngines(name);
    let near: Near;
    let broken: SpoilingSource;
    let source: Engine;

    before(async function () {
      this.timeout(600_000);
      near = await opened.near(this, sourceName);
      await buildImage(near.engine, reference, 'busybox:latest', { large: noise(4_000_000) });
      broken = await spoilingSource(near.url.slice('unix://'.length), damage);
      source = await open(broken.url);
    });
    after(async () => {
      await source.close();
      await broken[Symbol.asyncDispose]();
    });

    for (const targetName of cases(engineNames))
      it(`is that engine's fault, not that of ${targetName}, which gets no image of it, and the sound one from another source`, async function () {
        const far: Far = await opened.far(this, { engine: targetName, name: 'far' });
        const error: unknown = await transfer(source, far.engine, reference).catch(
          (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(UserError);
        expect((error as UserError).message)
          .to.match(SAYS[damage])
          .and.to.contain(broken.url);
        expect(await far.docker.listImages({ filters: { reference: [reference] } })).to.deep.equal([]);
        expect(await leftovers(far.docker)).to.deep.equal([]);
        // By another process, as by another command.
        const program = compiled('test/e2e/transfer/transfer-process.ts');
        const words = [program, near.url, far.engine.address.url, reference];
        await promisify(execFile)(process.execPath, words, { env: far.env });
        expect(await far.docker.listImages({ filters: { reference: [reference] } })).to.have.lengthOf(1);
      });
  });
