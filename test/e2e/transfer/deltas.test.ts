import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createReport } from '../../../lib/report/index.js';
import { TEMPORARY_LABEL } from '../../../lib/transfer/base/temporary-names.js';
import { carryOutTransfer, planTransfer, renderPlan } from '../../../lib/transfer/index.js';
import type { BedHost, DockerName, EngineName } from '../../bed/index.js';
import { cases, many } from '../../circle.js';
import { quiet } from '../../means.js';
import { compiled } from '../../program.js';
import { randomWhole } from '../../seed.js';
import {
  type Builder,
  buildTree,
  expectFiles,
  type Far,
  layersOf,
  leftovers,
  type Near,
  newName,
  noise,
  openedEngines,
  overSsh,
  ownCache,
  removeImages,
  savedSince,
  transfer,
} from './workbench.js';

/** Bytes of a new file, and Mbit/s of the link in tests of faults: it takes a second and a half. */
const NEW = 1_500_000;
const RATE = 8;

/** Random moments of each fault, on each engine. */
const MOMENTS = many(1, 2);

/** How the image comes to each engine: from which one, built by what, as whom, and whether a docker client is there. */
const ways: Record<
  DockerName,
  { from: EngineName; builder: Builder; user: 'root' | 'sudo'; client: boolean }
> = {
  '20-overlay2': { from: '28-containerd', builder: 'buildkit', user: 'root', client: true },
  '26-overlay2': { from: '20-overlay2', builder: 'classic', user: 'sudo', client: true },
  '26-containerd': { from: '26-overlay2', builder: 'buildkit', user: 'root', client: false },
  '28-overlay2': { from: '26-containerd', builder: 'classic', user: 'root', client: false },
  '28-containerd': { from: '28-containerd', builder: 'buildkit', user: 'root', client: false },
};

for (const engineName of cases(Object.keys(ways) as DockerName[])) {
  const { from, builder, user, client } = ways[engineName];
  const how = `${builder} image of ${from} to ${user} at ${engineName}${client ? '' : ' without a docker client'}`;

  describe(`a delta (${how})`, function () {
    this.timeout(600_000);
    const name = newName();
    const old: Record<string, Buffer> = {};
    for (let i = 0; i < 300; i++) old[`folder ${i % 20}/file-${i}`] = noise(randomWhole(10, 50_000));
    old['large'] = noise(3_000_000);
    const changed: Record<string, Buffer> = { ...old, 'folder 7/file-7': noise(40_000), new: noise(NEW) };
    /** Most of what a delta may take (bytes): what is new, and some 100 for each file. */
    const MOST = 40_000 + NEW + 303 * 100;
    const cache = ownCache();
    const opened = openedEngines(name);
    let near: Near;
    let far: Far;
    let host: BedHost;

    before(async function () {
      this.timeout(600_000);
      near = await opened.near(this, from);
      const options = { engine: engineName, name: 'far', dockerClient: client };
      far = await opened.far(this, options, { as: overSsh(user), deadAfter: 10_000 });
      host = far.host;
      await buildTree(near.engine, `${name}:1`, 'busybox:latest', old, builder);
      await buildTree(near.engine, `${name}:2`, 'busybox:latest', changed, builder);
      await send('1');
    });

    afterEach(async () => {
      for (const tag of ['2', '3']) await removeImages(host.docker, `${name}:${tag}`);
      expect(await host.docker.listContainers({ all: true })).to.deep.equal([]);
      expect(await leftovers(host.docker)).to.deep.equal([]);
      expect(await host.docker.listImages({ filters: { dangling: ['true'] } })).to.deep.equal([]);
    });

    const send = (tag: string, options?: Parameters<typeof transfer>[3]) => {
      const sending = transfer(near.engine, far.engine, `${name}:${tag}`, options);
      sending.catch(() => undefined); // Reported when awaited, which may be later.
      return sending;
    };

    async function expectRight(tag = '2', files = changed): Promise<void> {
      const images = [near.docker, host.docker].map((docker) => layersOf(docker, `${name}:${tag}`));
      const [expected, arrived] = await Promise.all(images);
      expect(arrived).to.deep.equal(expected);
      await expectFiles(host.docker, `${name}:${tag}`, files, 'tree/');
    }

    it('is what the older image there lacks, and gives the same layers', async () => {
      const plan = await planTransfer(near.engine, far.engine, `${name}:2`);
      expect(renderPlan(plan).at(-1)).to.match(new RegExp(`to send, as what ${name}:1 lacks$`));
      const since = Date.now() / 1000;
      const result = await carryOutTransfer(plan, quiet);
      expect(result).to.include({ layersSent: 1, deltasSent: 1 });
      expect(result.bytesSent).to.be.below(MOST);
      await expectRight();
      if (from.endsWith('overlay2'))
        expect(await savedSince(near.docker, since, plan.image.id)).to.equal(false);
      expect(await send('2')).to.include({ bytesSent: 0 });
    });

    it('is made of an image that this machine has, where nothing is remembered of it', async () => {
      await rm(cache(), { recursive: true });
      const result = await send('2');
      expect(result).to.include({ deltasSent: 1 });
      expect(result.bytesSent).to.be.below(MOST);
      await expectRight();
    });

    it('is not sent where it is not wanted', async () => {
      const result = await send('2', { delta: false });
      expect(result).to.include({ layersSent: 1, deltasSent: 0 });
      expect(result.bytesSent).to.be.above(Object.values(old).reduce((sum, { length }) => sum + length, 0));
      await expectRight();
    });

    for (let i = 0; i < MOMENTS; i++) {
      it(`goes on when the link is cut (${i + 1} of ${MOMENTS})`, async () => {
        // From the plan on: while it is made, a lost engine is one sentence.
        const plan = await planTransfer(near.engine, far.engine, `${name}:2`);
        await host.rate(RATE);
        const running = carryOutTransfer(plan, quiet);
        running.catch(() => undefined); // Reported when awaited.
        await sleep(randomWhole(0, 3_000));
        await host.cut();
        await sleep(randomWhole(0, 20_000));
        await host.mend();
        await running;
        await host.rate(undefined);
        await expectRight();
      });

      it(`ends in whole layers when what rebuilds it is killed (${i + 1} of ${MOMENTS})`, async () => {
        await host.rate(RATE);
        const running = send('2');
        const early = running.then(() => Promise.reject(new Error('It ended before anything was rebuilt.')));
        const [container] = await Promise.race([rebuilding(), early]);
        early.catch(() => undefined);
        await sleep(randomWhole(0, 1_500));
        await host.rate(undefined);
        await host.docker
          .getContainer(container!.Id)
          .kill()
          .catch(() => undefined);
        await running;
        await expectRight();
      });
    }

    for (let i = 0; i < MOMENTS; i++) {
      it(`can be done again after its process was killed (${i + 1} of ${MOMENTS})`, async () => {
        await host.rate(RATE);
        const program = compiled('test/e2e/transfer/transfer-process.ts');
        const words = [program, near.url, far.engine.address.url, `${name}:2`];
        const env = { ...far.env, XDG_CACHE_HOME: cache() };
        const child = spawn(process.execPath, words, { env, stdio: 'ignore' });
        const ended = once(child, 'exit');
        await rebuilding();
        await sleep(randomWhole(0, 2_000));
        child.kill('SIGKILL');
        await ended;
        await host.rate(undefined);
        await send('2');
        await expectRight();
      });
    }

    it('that comes out wrong, because the older image was tampered with, ends in whole layers', async () => {
      // Of the other one containerd's store may still have the layer.
      const other = { ...changed, other: noise(1_000) };
      await buildTree(near.engine, `${name}:3`, 'busybox:latest', other, builder);
      const path = '*/tree/folder 8/file-8';
      const overwrite = 'printf tampered | dd of="$1" conv=notrunc 2>&1';
      const exec = ['-exec', 'sh', '-c', overwrite, 'sh', '{}', ';'];
      await host.run(['find', '/', '-path', '/proc', '-prune', '-o', '-path', path, ...exec]);
      const said = new PassThrough();
      const result = await send('3', {
        report: createReport({ stream: said as unknown as NodeJS.WriteStream }),
      });
      expect(result).to.include({ layersSent: 1, deltasSent: 0 });
      expect(await text(said.end())).to.match(/whole layers go from here on, because the delta failed: .+/);
      await expectRight('3', other);
    });

    /** Containers that rebuild layers, as soon as there are some. */
    async function rebuilding() {
      for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(20)) {
        const containers = await host.docker.listContainers({ filters: { label: [TEMPORARY_LABEL] } });
        if (containers.length > 0) return containers;
      }
      throw new Error('Nothing rebuilds a layer.');
    }
  });
}
