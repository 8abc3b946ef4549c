import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Engine } from '../../../lib/engine/index.js';
import { createReport } from '../../../lib/report/index.js';
import { TEMPORARY_LABEL } from '../../../lib/transfer/base/temporary-names.js';
import { carryOutTransfer, planTransfer, type TransferPlan } from '../../../lib/transfer/index.js';
import { cases } from '../../circle.js';
import { quiet } from '../../means.js';
import { randomWhole } from '../../seed.js';
import { oddArchive, type OddLayer } from './odd-archive.js';
import {
  build,
  layersOf,
  leftovers,
  type Near,
  newName,
  openedEngines,
  removeImages,
  savedSince,
  transfer,
} from './workbench.js';

/** Most of the image, which the target has: else the whole would be read, for no wire is between the engines. */
const BASE = ['FROM busybox:latest', 'RUN head -c 60000000 /dev/zero > /zeros'];

/** Whatever can stand in a layer: what one of the later instructions does to the earlier ones counts too. */
const INSTRUCTIONS = [
  'RUN mkdir -p /tree/gone /tree/emptied /tree/kept && echo one > /tree/gone/file && echo two > /tree/emptied/file',
  `RUN cd /tree && rm -r gone && rm -r emptied && mkdir emptied && echo three > emptied/other \\
    && echo four > first && ln first second && ln -s first third && mknod device c 5 1 && mkfifo pipe \\
    && touch empty "$(printf 'not\\377utf8')" "$(printf 'line\\nfeed')" && echo five > "$(printf 'content\\377')" && chmod 4755 first \\
    && mkdir -p ${'long/'.repeat(50)} && echo six > ${'long/'.repeat(50)}file \\
    && head -c 20000000 /dev/urandom > large && chown 1000:1000 large`,
  'VOLUME /tree/kept /data',
  'RUN true',
  'ENV LAST=1',
];

for (const engineName of cases(['20-overlay2', '26-overlay2', '28-overlay2'] as const)) {
  for (const builder of ['classic', 'buildkit'] as const) {
    describe(`single layers out of ${engineName} (${builder})`, function () {
      this.timeout(600_000);
      const name = newName();
      const reference = `${name}:1`;
      const base = `${name}:base`;
      const opened = openedEngines(name);
      let here: Near;
      let there: Near;
      let source: Engine;
      let target: Engine;
      let volumesBefore: string[][];

      /** The volumes of both engines, on which nobody else is. */
      const volumes = async () => {
        const listed = await Promise.all([here, there].map(({ docker }) => docker.listVolumes()));
        return listed.map(({ Volumes }) => Volumes.map(({ Name }) => Name).sort());
      };

      before(async function () {
        this.timeout(600_000);
        here = await opened.near(this, engineName, 'from');
        there = await opened.near(this, engineName === '26-overlay2' ? '28-overlay2' : '26-overlay2', 'to');
        [source, target] = [here.engine, there.engine];
        await build(source, base, BASE, {}, builder);
        await transfer(source, target, base);
        await build(source, reference, [`FROM ${base}`, ...INSTRUCTIONS], {}, builder);
        volumesBefore = await volumes();
      });

      afterEach(async () => {
        await removeImages(there.docker, reference);
        for (const { docker } of [here, there]) {
          expect(await leftovers(docker)).to.deep.equal([]);
          const filters = { label: [TEMPORARY_LABEL] };
          expect(await docker.listContainers({ all: true, filters })).to.deep.equal([]);
        }
        expect(await volumes()).to.deep.equal(volumesBefore);
      });

      /** Transfers; says what was told, and whether the source has saved an image. */
      async function carryOut(plan: TransferPlan): Promise<{ said: string; saved: boolean }> {
        const since = Date.now() / 1000;
        const said = new PassThrough();
        const report = createReport({ stream: said as unknown as NodeJS.WriteStream });
        await carryOutTransfer(plan, { ...quiet, report });
        const saved = await savedSince(here.docker, since, plan.image.id);
        return { said: await text(said.end()), saved };
      }

      it('make the same image, and the whole one is not read', async () => {
        const { said, saved } = await carryOut(await planTransfer(source, target, reference));
        expect(saved, said).to.equal(false);
        const layers = [here, there].map(({ docker }) => layersOf(docker, reference));
        expect((await Promise.all(layers)).map((each) => each.join())).to.satisfy(
          ([a, b]: string[]) => a === b,
        );
      });

      it('give way to the whole image where the engine does not allow it', async () => {
        const plan = await planTransfer(source, target, reference);
        const folders = plan.image.folders!.map((folder) => folder.replace(/diff$/, 'nothing'));
        const { said, saved } = await carryOut({ ...plan, image: { ...plan.image, folders } });
        expect(saved, said).to.equal(true);
        expect(said).not.to.match(/try/);
      });

      it('give way to the whole image where they cannot be put together', async () => {
        const plan = await planTransfer(source, target, reference);
        const folders = plan.image.folders!.toReversed();
        const { said, saved } = await carryOut({ ...plan, image: { ...plan.image, folders } });
        expect(saved, said).to.equal(true);
        expect(said).to.match(/a layer cannot be read alone \(.*; try 2 of 6/);
      });

      // It matters to no builder.
      const once = builder === 'classic' ? it : () => undefined;
      once(
        'give way to the whole image, with nothing begun again, where an imported one has an order of its own',
        async () => {
          const [old, imported] = [`${name}:imported-base`, `${name}:imported`];
          const below: OddLayer = { file: 'zeros', content: Buffer.alloc(80_000_000), packing: 'gzip' };
          // An engine gives `a` away first, and nobody can hold so much of it until `b` has come.
          const top: OddLayer = {
            ...below,
            file: 'b',
            content: Buffer.of(1),
            behind: { a: Buffer.alloc(35_000_000) },
          };
          for (const [reference, layers] of [
            [old, [below]],
            [imported, [below, top]],
          ] as const)
            await text(await here.docker.loadImage(Readable.from([oddArchive(reference, layers)])));
          await transfer(source, target, old);
          const { said, saved } = await carryOut(await planTransfer(source, target, imported));
          expect(saved, said).to.equal(true);
          expect(said).not.to.match(/try|cannot/);
          expect(await layersOf(there.docker, imported)).to.deep.equal(await layersOf(here.docker, imported));
        },
      );

      it('leave nothing behind a transfer that is ended', async () => {
        const ended = new AbortController();
        const plan = await planTransfer(source, target, reference);
        const running = carryOutTransfer(plan, { ...quiet, signal: ended.signal });
        setTimeout(() => ended.abort(), randomWhole(0, 500));
        await running.catch(() => undefined);
        await carryOutTransfer(plan, quiet);
      });
    });
  }
}
