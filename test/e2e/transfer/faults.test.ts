import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { load } from '../../../lib/engine/images/load.js';
import type { Engine } from '../../../lib/engine/index.js';
import { plainLayer } from '../../../lib/oci/blob.js';
import { digestOf, plainDiffId } from '../../../lib/oci/digest.js';
import { archiveDocuments, prefixImage } from '../../../lib/oci/image-archive.js';
import { TAR_END } from '../../../lib/oci/tar-writer.js';
import { UserError } from '../../../lib/text/user-error.js';
import { beginTransferId, endTransferId, temporaryName } from '../../../lib/transfer/base/temporary-names.js';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
import { type BedHost, engineNames, podmanNames } from '../../bed/index.js';
import { cases, many, outermost } from '../../circle.js';
import { quiet } from '../../means.js';
import { compiled } from '../../program.js';
import { randomWhole } from '../../seed.js';
import { until } from '../../until.js';
import {
  buildImage,
  expectFiles,
  type Far,
  hashesIn,
  leftovers,
  type Near,
  newName,
  noise,
  open,
  openedEngines,
  removeImages,
  transfer,
} from './workbench.js';

/** Bytes of each layer, and how many of them an image has here. */
const LAYER = 3_000_000;
const LAYERS = 4;

/** Lost at most: the layer that was under way, and the one that the engine was unpacking. */
const MOST_BYTES = (LAYERS + 2) * LAYER * 1.1;

/** Mbit/s of the link: an image takes about two seconds. */
const RATE = 50;

/** Random moments of each fault, on each engine. */
const MOMENTS = many(1, 4);

for (const engineName of [...cases(engineNames), ...outermost(podmanNames)]) {
  describe(`a transfer to ${engineName} over a link of ${RATE} Mbit/s`, function () {
    this.timeout(600_000);
    const name = newName();
    const reference = `${name}:1`;
    const files = Object.fromEntries(Array.from({ length: LAYERS }, (_, i) => [`file${i}`, noise(LAYER)]));
    const opened = openedEngines(name);
    let near: Near;
    let far: Far;
    let host: BedHost;
    let target: Engine;
    let old: string;

    before(async function () {
      this.timeout(600_000);
      near = await opened.near(this, '28-overlay2');
      far = await opened.far(this, { engine: engineName, name: 'far', rate: RATE, dataSize: '150m' });
      host = far.host;
      await buildImage(near.engine, reference, 'busybox:latest', files);
    });

    /** The target has an older image under that name. */
    beforeEach(async () => {
      await removeImages(host.docker, reference);
      await tagBusybox(reference);
      old = (await host.docker.getImage(reference).inspect()).Id;
      target = await open(`ssh://root@${host.address}`, far.env, { deadAfter: 10_000 });
    });
    afterEach(() => target.close());

    async function tagBusybox(name: string): Promise<void> {
      const [repo = '', tag = ''] = name.split(':');
      await host.docker.getImage('busybox:latest').tag({ repo, tag });
    }

    const send = () => transfer(near.engine, target, reference);

    /** A transfer whose plan has been made: what happens then is met by its tries. */
    const planned = async () => {
      const plan = await planTransfer(near.engine, target, reference);
      const running = carryOutTransfer(plan, quiet);
      running.catch(() => undefined); // Reported when awaited, which may be later.
      return { running };
    };

    async function expectRight(): Promise<void> {
      await expectFiles(host.docker, reference, files);
      expect(await leftovers(host.docker)).to.deep.equal([]);
    }

    it('sends every byte of a layer once, and next to nothing when nothing has changed', async () => {
      const before = await host.bytes();
      await send();
      const between = await host.bytes();
      expect(between.sent - before.sent).to.be.within(LAYERS * LAYER, LAYERS * LAYER * 1.1);
      await expectRight();

      const again = await open(`ssh://root@${host.address}`, far.env);
      expect((await transfer(near.engine, again, reference)).bytesSent).to.equal(0);
      await again.close();
      const after = await host.bytes();
      expect(after.sent - between.sent + after.received - between.received).to.be.below(100_000);
    });

    for (let i = 0; i < MOMENTS; i++) {
      it(`goes on when the link is cut (${i + 1} of ${MOMENTS})`, async () => {
        const before = await host.bytes();
        const { running } = await planned();
        await sleep(randomWhole(0, 3_000));
        await host.cut();
        await sleep(randomWhole(0, 20_000));
        await host.mend();
        await running;
        await expectRight();
        const { sent } = await host.bytes();
        expect(sent - before.sent).to.be.below(MOST_BYTES);
      });
    }

    it('cleans up after the link was cut as soon as the image was there', async () => {
      const { running } = await planned();
      await until('the image', async () => (await host.docker.getImage(reference).inspect()).Id !== old);
      await host.cut();
      // Longer than a connection may be silent.
      await sleep(19_000);
      await host.mend();
      await running;
      await expectRight();
    });

    for (let i = 0; i < MOMENTS; i++) {
      it(`can be done again after its process was killed (${i + 1} of ${MOMENTS})`, async () => {
        const before = await host.bytes();
        const program = compiled('test/e2e/transfer/transfer-process.ts');
        const child = spawn(process.execPath, [program, near.url, target.address.url, reference], {
          env: far.env,
          stdio: 'ignore',
        });
        await sleep(randomWhole(1_500, 5_500));
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        const { Id } = await host.docker.getImage(reference).inspect();
        if (Id !== old) await hashesIn(host.docker, reference, ['file0']);

        await send();
        await expectRight();
        const { sent } = await host.bytes();
        expect(sent - before.sent).to.be.below(MOST_BYTES);
      });
    }

    it('removes what was left by a process that was killed while it asked for layers', async () => {
      const id = beginTransferId(reference);
      const absent = [plainLayer(plainDiffId(digestOf(noise(10))), 1_024)];
      const { os, arch } = await target.facts();
      const documents = prefixImage(absent, { os, architecture: arch });
      const archive = Buffer.concat([archiveDocuments(documents, absent, temporaryName(id, '1')), TAR_END]);
      await load(target, Readable.from([archive]), new AbortController().signal);
      endTransferId(id);
      await send();
      await expectRight();
    });

    it('goes on when the engine there is restarted', async () => {
      const { running } = await planned();
      await sleep(randomWhole(0, 2_500));
      const killed = Date.now();
      await host.restartEngine('SIGKILL');
      const away = Date.now() - killed;
      // A transfer has the patience of half a minute, and on a busy machine the engine may take longer.
      await running.catch((error: Error) => (away > 20_000 ? send() : Promise.reject(error)));
      await expectRight();
    });

    it('says that the disk there is full, and leaves the old image as it was', async () => {
      const large = `${name}-large:1`;
      await buildImage(near.engine, large, 'busybox:latest', { large: noise(160_000_000) });
      try {
        await tagBusybox(large);
        await host.rate(undefined);
        const error: unknown = await transfer(near.engine, target, large).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(UserError);
        expect(error).to.have.property('code', 'TARGET_DISK_FULL');
        expect((await host.docker.getImage(large).inspect()).Id).to.equal(old);
        expect(await leftovers(host.docker)).to.deep.equal([]);
      } finally {
        await host.rate(RATE);
        await removeImages(near.docker, large);
      }
    });
  });
}
