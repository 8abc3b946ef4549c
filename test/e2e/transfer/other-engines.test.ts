import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'chai';

import type { Engine } from '../../../lib/engine/index.js';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
import { bed, type BedEngine, type BedHost, type EngineName, type HostOptions } from '../../bed/index.js';
import { sshHome, type SshHome } from '../engine/ssh-home.js';
import { run } from '../run/program.js';
import {
  buildTree,
  hashesIn,
  layersOf,
  leftovers,
  newName,
  noise,
  open,
  removeImages,
  sha256,
  silent,
} from './workbench.js';

interface Kind {
  what: string;
  engine: EngineName;
  host: Partial<HostOptions>;
  /** What a docker client has in its environment to reach it. */
  env(host: BedHost, home: SshHome): NodeJS.ProcessEnv;
}

const overSsh =
  (user: 'root' | 'none', path = '') =>
  (host: BedHost, home: SshHome) => ({
    ...home.env,
    DOCKER_HOST: `ssh://${host.users[user]}@${host.address}${path}`,
  });

const kinds: Kind[] = [
  {
    what: 'at its TCP port, with its own TLS',
    engine: '20-overlay2',
    host: { tls: true },
    env: ({ tlsEnv }) => ({ ...process.env, ...tlsEnv }),
  },
  {
    what: 'at its TCP port, with its own TLS',
    engine: '28-containerd',
    host: { tls: true },
    env: ({ tlsEnv }) => ({ ...process.env, ...tlsEnv }),
  },
  {
    what: 'of a user without rights, whose docker client has a context for it',
    engine: '28-overlay2',
    host: { rootless: true },
    env: overSsh('none'),
  },
  {
    what: 'of a user without rights, named by its socket',
    engine: '28-containerd',
    host: { rootless: true, dockerClient: false },
    env: overSsh('none', '/run/user/1001/docker.sock'),
  },
  {
    what: 'whose containers have other user IDs than it (userns-remap)',
    engine: '28-overlay2',
    host: { daemon: { 'userns-remap': 'default' } },
    env: overSsh('root'),
  },
  {
    what: 'with the graph driver vfs',
    engine: '20-overlay2',
    host: { daemon: { 'storage-driver': 'vfs' } },
    env: overSsh('root'),
  },
];

for (const kind of kinds) {
  describe(`an engine ${kind.what}, ${kind.engine}`, function () {
    this.timeout(120_000);
    const name = newName();
    const old: Record<string, Buffer> = { large: noise(12_000_000) };
    for (let i = 0; i < 50; i++) old[`file-${i}`] = noise(10_000);
    const changed = { ...old, 'file-7': noise(20_000) };
    const paths = Object.keys(old).map((path) => `tree/${path}`);
    const cacheHome = process.env.XDG_CACHE_HOME;
    let cache: string;
    let here: BedEngine;
    let host: BedHost;
    let home: SshHome;
    let env: NodeJS.ProcessEnv;
    let near: Engine;
    let far: Engine;

    before(async function () {
      this.timeout(600_000);
      cache = process.env.XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'transfer-test-'));
      here = await bed.orSkip(this, () => bed.engine('28-overlay2'));
      host = await bed.orSkip(this, () => bed.host({ engine: kind.engine, name: 'far', ...kind.host }));
      for (const { docker } of [here, host]) await bed.baseImages(docker, ['busybox:latest']);
      home = await sshHome(host);
      env = kind.env(host, home);
      near = await open(here.url);
      far = await open(env.DOCKER_HOST!, env, { deadAfter: 3_000 });
      await buildTree(near, `${name}:1`, 'busybox:latest', old);
      await buildTree(near, `${name}:2`, 'busybox:latest', changed);
    });

    after(async () => {
      if (cacheHome === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = cacheHome;
      if (here) await removeImages(here.docker, `${name}*`);
      await near?.close();
      await far?.close();
      await home?.remove();
      await host?.stop();
      await rm(cache, { recursive: true, force: true });
    });

    afterEach(async () => {
      expect(await leftovers(host.docker)).to.deep.equal([]);
      expect(await host.docker.listContainers({ all: true })).to.deep.equal([]);
    });

    async function transfer(from: Engine, to: Engine, reference: string) {
      return carryOutTransfer(await planTransfer(from, to, reference), { report: silent });
    }

    it('is sent an image whole, and then what is new of a layer', async () => {
      expect(await transfer(near, far, `${name}:1`)).to.include({ deltasSent: 0 });
      const { deltasSent, bytesSent } = await transfer(near, far, `${name}:2`);
      expect(deltasSent).to.equal(1);
      expect(bytesSent).to.be.within(20_000, 40_000);
      expect(await hashesIn(host.docker, `${name}:2`, paths)).to.deep.equal(
        Object.values(changed).map(sha256),
      );
    });

    it('is sent the rest of an image when the link was cut meanwhile', async () => {
      await buildTree(near, `${name}:3`, 'busybox:latest', { other: noise(8_000_000) });
      await host.rate(20);
      const sending = transfer(near, far, `${name}:3`);
      await sleep(1_500);
      await host.cut();
      await sleep(3_000);
      await host.mend();
      await sending;
      await host.rate(undefined);
      expect(await layersOf(host.docker, `${name}:3`)).to.deep.equal(
        await layersOf(here.docker, `${name}:3`),
      );
    });

    for (const builder of ['classic', 'buildkit'] as const) {
      it(`builds an image (${builder}), and gives it away`, async () => {
        const reference = `${name}-${builder}:1`;
        await buildTree(far, reference, 'busybox:latest', old, builder);
        await transfer(far, near, reference);
        expect(await hashesIn(here.docker, reference, paths)).to.deep.equal(Object.values(old).map(sha256));
      });
    }

    it('runs a container: input to its end, output exact to the byte, exit status', async () => {
      const input = 'a line that is repeated\n'.repeat(200_000);
      const section = { cmd: ['sh', '-c', 'sha256sum; echo to stderr >&2; exit 7'], network: 'none' };
      const { status, stdout, stderr } = await run({ section }, env, input);
      expect(stdout).to.equal(`${createHash('sha256').update(input).digest('hex')}  -\n`);
      expect(stderr).to.contain('to stderr\n');
      expect(status).to.equal(7);
    });
  });
}
