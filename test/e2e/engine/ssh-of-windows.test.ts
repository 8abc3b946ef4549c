import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { anything } from '../../../lib/engine/client/shape.js';
import { connectDirectly } from '../../../lib/engine/connect/ssh/program/direct.js';
import { Container } from '../../../lib/engine/containers/container.js';
import { type Engine, openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import type { UserError } from '../../../lib/text/user-error.js';
import { bed, type BedHost } from '../../bed/index.js';
import { type SshHome, sshHome } from './ssh-home.js';

/** As an ssh program logs in that keeps no login, which is how it is on Windows. */
describe('an engine over ssh, each program by a login of its own', function () {
  this.timeout(600_000);
  let host: BedHost;
  let home: SshHome;

  before(async function () {
    host = await bed.orSkip(this, () => bed.host({ engine: '28-overlay2', name: 'windows' }));
    await bed.baseImages(host.docker, ['busybox:latest']);
  });
  after(() => host?.stop());
  beforeEach(async () => (home = await sshHome(host)));
  afterEach(() => home.remove());

  const open = (user: string): Promise<Engine> => {
    const address = resolveEngineAddress({ host: `ssh://${user}@${host.address}`, env: home.env });
    return openEngine(address, { env: home.env, connectSsh: connectDirectly, timeout: 5_000 });
  };
  const refusal = (user: string): Promise<UserError | undefined> =>
    open(user).then(
      () => undefined,
      (reason: UserError) => reason,
    );

  for (const user of ['root', 'sudo'] as const)
    it(`answers many calls side by side, as ${user}`, async () => {
      const engine = await open(user === 'root' ? 'root' : host.users.sudo);
      try {
        const calls = Array.from({ length: 8 }, () => engine.client.json('GET', '/version', anything));
        expect(await Promise.all(calls)).to.have.length(8);
      } finally {
        await engine.close();
      }
    });

  it('carries input to its end, and output to the byte', async () => {
    const engine = await open('root');
    try {
      const created = await host.docker.createContainer({
        Image: 'busybox:latest',
        Cmd: ['sha256sum'],
        OpenStdin: true,
        StdinOnce: true,
        HostConfig: { AutoRemove: true },
      });
      const container = new Container(engine, created.id);
      const stream = await container.attach({ stdin: true, stdout: true, stderr: false });
      await container.start();
      stream.end(Buffer.alloc(1_000_000));
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).to.contain(
        'd29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025',
      );
    } finally {
      await engine.close();
    }
  });

  it('tells a program that was killed there from a lost connection', async () => {
    const engine = await open('root');
    const killed = await engine.ssh!.exec(['sh', '-c', 'kill -KILL $$']);
    killed.stdout.resume();
    killed.stderr.resume();
    expect(await killed.exit).to.equal(255);
    await engine.close();
  });

  it('is one sentence where no key is right, and where the machine is not known', async () => {
    await home.configure('IdentityFile /nowhere\nIdentitiesOnly yes\n');
    expect(await refusal('root')).to.have.property('code', 'SSH_DENIED');
    await rm(home.knownHostsFile);
    expect(await refusal('root')).to.have.property('code', 'SSH_HOST_KEY');
  });
});
