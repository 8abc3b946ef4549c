import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type EngineName, type HostOptions, isPodman, podmanNames } from '../../bed/index.js';
import { cases, outermost } from '../../circle.js';
import { until } from '../../until.js';
import { run } from '../run/program.js';
import {
  buildTree,
  type ClientEnv,
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
  transfer,
} from './workbench.js';

interface Kind {
  what: string;
  engine: EngineName;
  host: Partial<HostOptions>;
  as: ClientEnv;
}

const overTls: ClientEnv = ({ tlsEnv }) => ({ ...process.env, ...tlsEnv });

const kinds: Kind[] = [
  ...cases(['20-overlay2', '28-containerd'] as const).map((engine) => ({
    what: 'at its TCP port, with its own TLS',
    engine,
    host: { tls: true },
    as: overTls,
  })),
  {
    what: 'of a user without rights, named by its socket',
    engine: '28-containerd',
    host: { rootless: true, dockerClient: false },
    as: (host, home) => overSsh('none', host.socketPath)(host, home),
  },
  {
    what: 'with the graph driver vfs',
    engine: '20-overlay2',
    host: { daemon: { 'storage-driver': 'vfs' } },
    as: overSsh('root'),
  },
  ...outermost([
    {
      what: 'of a user without rights, whose docker client has a context for it',
      engine: '28-overlay2',
      host: { rootless: true },
      as: overSsh('none'),
    },
    {
      what: 'whose containers have other user IDs than it (userns-remap)',
      engine: '28-overlay2',
      host: { daemon: { 'userns-remap': 'default' } },
      as: overSsh('root'),
    },
  ] satisfies Kind[]),
  ...outermost(podmanNames).map((engine) => ({
    what: 'of a user without rights, found by the login',
    engine,
    host: { rootless: true },
    as: overSsh('none'),
  })),
];

for (const kind of kinds) {
  describe(`an engine ${kind.what}, ${kind.engine}`, function () {
    this.timeout(600_000);
    const name = newName();
    const old: Record<string, Buffer> = { large: noise(12_000_000) };
    for (let i = 0; i < 50; i++) old[`file-${i}`] = noise(10_000);
    const changed = { ...old, 'file-7': noise(20_000) };
    ownCache();
    const engines = openedEngines(name);
    let near: Near;
    let far: Far;

    before(async function () {
      this.timeout(600_000);
      const { engine, host, as } = kind;
      near = await engines.near(this, '28-overlay2');
      far = await engines.far(this, { engine, name: 'far', ...host }, { as, deadAfter: 10_000 });
      await buildTree(near.engine, `${name}:1`, 'busybox:latest', old);
      await buildTree(near.engine, `${name}:2`, 'busybox:latest', changed);
    });

    afterEach(async () => {
      expect(await leftovers(far.docker)).to.deep.equal([]);
      expect(await far.docker.listContainers({ all: true })).to.deep.equal([]);
    });

    it('is sent an image whole, and then what is new of a layer', async () => {
      expect(await transfer(near.engine, far.engine, `${name}:1`)).to.include({ deltasSent: 0 });
      const { deltasSent, bytesSent } = await transfer(near.engine, far.engine, `${name}:2`);
      expect(deltasSent).to.equal(1);
      expect(bytesSent).to.be.within(20_000, 40_000);
      await expectFiles(far.docker, `${name}:2`, changed, 'tree/');
    });

    it('is sent the rest of an image when the link was cut meanwhile', async () => {
      const { host } = far;
      await buildTree(near.engine, `${name}:3`, 'busybox:latest', { other: noise(8_000_000) });
      await host.rate(20);
      const { sent } = await host.bytes();
      const sending = transfer(near.engine, far.engine, `${name}:3`);
      sending.catch(() => undefined); // Reported when awaited.
      await until('some of the image', async () => (await host.bytes()).sent > sent + 1_000_000);
      await host.cut();
      await sleep(3_000);
      await host.mend();
      await sending;
      await host.rate(undefined);
      expect(await layersOf(far.docker, `${name}:3`)).to.deep.equal(await layersOf(near.docker, `${name}:3`));
    });

    for (const builder of isPodman(kind.engine)
      ? (['classic'] as const)
      : (['classic', 'buildkit'] as const)) {
      it(`builds an image (${builder}), and gives it away`, async () => {
        const reference = `${name}-${builder}:1`;
        await buildTree(far.engine, reference, 'busybox:latest', old, builder);
        await transfer(far.engine, near.engine, reference);
        await expectFiles(near.docker, reference, old, 'tree/');
      });
    }

    it('runs a container: input to its end, output exact to the byte, exit status', async () => {
      const input = 'a line that is repeated\n'.repeat(200_000);
      const section = { cmd: ['sh', '-c', 'sha256sum; echo to stderr >&2; exit 7'], network: 'none' };
      const { status, stdout, stderr } = await run({ section }, far.env, input);
      expect(stdout).to.equal(`${createHash('sha256').update(input).digest('hex')}  -\n`);
      expect(stderr).to.contain('to stderr\n');
      expect(status).to.equal(7);
    });
  });
}
