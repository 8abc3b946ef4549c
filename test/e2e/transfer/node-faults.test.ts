import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
import { bed, type BedNode, nodeNames } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { quiet } from '../../means.js';
import { compiled } from '../../program.js';
import { randomWhole } from '../../seed.js';
import { until } from '../../until.js';
import { nodeEnv } from './node-home.js';
import {
  buildImage,
  layersOf,
  type Near,
  newName,
  noise,
  open,
  openedEngines,
  transfer,
} from './workbench.js';

/** Bytes of each layer, how many of them an image has here, and the Mbit/s of the link: it takes two seconds or more. */
const LAYER = 3_000_000;
const LAYERS = 4;
const RATE = 50;

heavy(() => {
  for (const containerd of nodeNames) {
    describe(`a transfer to a node with ${containerd} over a link of ${RATE} Mbit/s`, function () {
      this.timeout(600_000);
      const name = newName();
      const reference = `${name}:1`;
      const full = `docker.io/library/${reference}`;
      const opened = openedEngines(name);
      const home = nodeEnv();
      let near: Near;
      let node: BedNode;
      let target: Engine;
      let env: NodeJS.ProcessEnv;

      before(async function () {
        near = await opened.near(this, '28-overlay2');
        node = await bed.orSkip(this, () => bed.node({ containerd, name: 'far', rate: RATE }));
        env = await home.of(node);
        const files = Array.from({ length: LAYERS }, (_, i) => [`file${i}`, noise(LAYER)] as const);
        await buildImage(near.engine, reference, 'busybox:latest', Object.fromEntries(files));
        await sendBusybox();
      });
      after(() => node?.stop());

      async function sendBusybox(): Promise<void> {
        const one = await open(`ctr://root@${node.address}`, env);
        await transfer(near.engine, one, 'busybox:latest');
        await one.close();
      }

      /** The target has an older image under that name, and nothing of the new one. */
      beforeEach(async () => {
        const listed = (await node.ctr('images', 'ls', '-q')).split('\n');
        const old = 'docker.io/library/busybox:latest';
        const others = listed.filter((one) => one !== old && one.startsWith('docker.io'));
        if (others.length > 0) await node.ctr('images', 'rm', '--sync', ...others);
        await node.ctr('images', 'tag', old, full);
        target = await open(`ctr://root@${node.address}`, env, { deadAfter: 10_000 });
      });
      afterEach(() => target.close());

      async function expectRight(): Promise<void> {
        expect(await node.ctr('images', 'check', `name==${full}`)).to.match(/ complete \((\d+)\/\1\)/);
        const image = await target.images.inspect(reference);
        expect(image?.RootFS?.Layers).to.deep.equal(await layersOf(near.docker, reference));
        await until(
          'nothing is held',
          async () => !(await node.ctr('content', 'ls')).includes('gulp-dockerutils'),
        );
        expect(await node.ctr('images', 'ls', '-q')).not.to.include('gulp-dockerutils');
      }

      const planned = async () => {
        const plan = await planTransfer(near.engine, target, reference);
        const running = carryOutTransfer(plan, quiet);
        running.catch(() => undefined); // Reported when awaited, which may be later.
        return { running };
      };

      it('goes on when the link is cut', async () => {
        const { running } = await planned();
        await sleep(randomWhole(0, 4_000));
        await node.cut();
        await sleep(randomWhole(0, 15_000));
        await node.mend();
        await running;
        await expectRight();
      });

      it('can be done again after its process was killed', async () => {
        const program = compiled('test/e2e/transfer/transfer-process.ts');
        const child = spawn(process.execPath, [program, near.url, target.address.url, reference], {
          env,
          stdio: 'ignore',
        });
        await sleep(randomWhole(2_000, 7_000));
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        // Whatever has the name is whole.
        expect(await node.ctr('images', 'check', `name==${full}`)).to.match(/ complete \(/);
        await transfer(near.engine, target, reference);
        await expectRight();
      });

      it('goes on when containerd is restarted', async () => {
        const { running } = await planned();
        await sleep(randomWhole(0, 4_000));
        await node.restart('SIGKILL');
        await running;
        await expectRight();
      });
    });
  }
});
