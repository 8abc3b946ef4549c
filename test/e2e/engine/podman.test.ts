import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { Container } from '../../../lib/engine/containers/container.js';
import { createContainer } from '../../../lib/engine/containers/create.js';
import { load } from '../../../lib/engine/images/load.js';
import type { Engine } from '../../../lib/engine/types.js';
import { copyOutput } from '../../../lib/run/streams/output.js';
import { bed, type BedHost, type HostOptions, podmanNames } from '../../bed/index.js';
import { engines, many } from '../../circle.js';
import { randomBytes } from '../../seed.js';
import { until } from '../../until.js';
import { open, sha256 } from '../transfer/workbench.js';
import { type SshHome, sshHome } from './ssh-home.js';

interface Way {
  way: string;
  options: Omit<HostOptions, 'engine'>;
  user: keyof BedHost['users'];
  /** Of the engine there, where the address says it. */
  socket?: string;
}

const ways: readonly Way[] = [
  { way: "root's service", options: {}, user: 'root' },
  { way: "a user's own service", options: { rootless: true }, user: 'none' },
  { way: 'a service that is started for the login', options: { docker: false }, user: 'root' },
  { way: "root's service, with sudo", options: {}, user: 'sudo', socket: '/run/podman/podman.sock' },
  {
    way: "a user's service that is started for the login",
    options: { docker: false, rootless: true },
    user: 'none',
  },
];

for (const podman of engines(podmanNames)) {
  for (const { way, options, user, socket = '' } of ways.slice(0, many(3, ways.length))) {
    describe(`${podman} over ssh, ${way}`, function () {
      this.timeout(600_000);
      let host: BedHost;
      let home: SshHome;
      let engine: Engine;

      before(async function () {
        this.timeout(600_000);
        host = await bed.orSkip(this, () => bed.host({ engine: podman, name: 'podman', ...options }));
        home = await sshHome(host);
        engine = await open(`ssh://${host.users[user]}@${host.address}${socket}`, home.env);
      });
      after(async () => {
        await engine?.close();
        await home?.remove();
        await host?.stop();
      });

      it('says what it is, and carries input and output to the byte', async () => {
        const rootless = options.rootless ?? false;
        expect(await engine.facts()).to.include({ maker: 'podman', store: 'containers-storage', rootless });
        await loadBusybox(engine);
        const sent = randomBytes(3_000_000);
        expect(await echoed(engine, sent)).to.deep.equal({ status: 7, hash: sha256(sent) });
      });

      if (options.docker === false) {
        it('leaves no service behind', async () => {
          await engine.close();
          await until('the service to end', async () => !(await servicesOn(host)));
        });
      }
    });
  }
}

async function loadBusybox(engine: Engine): Promise<void> {
  const archive = createReadStream(await bed.baseImageArchive('busybox:latest'));
  expect(await load(engine, archive, new AbortController().signal)).to.equal(undefined);
}

/** What `cat` in a container makes of some input, and the exit status behind it. */
async function echoed(engine: Engine, input: Buffer): Promise<{ status: number; hash: string }> {
  const { id } = await createContainer(engine, {
    Image: 'busybox:latest',
    Cmd: ['sh', '-c', 'cat; exit 7'],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    HostConfig: { NetworkMode: 'none', AutoRemove: true },
  });
  const container = new Container(engine, id);
  const stream = await container.attach({ stdin: true, stdout: true, stderr: false });
  const { status } = await container.watchExit('removal', new AbortController().signal);
  const output: Buffer[] = [];
  const stdout = new Writable({ write: (chunk: Buffer, _, done) => (output.push(chunk), done()) });
  const copied = copyOutput(stream, { stdout, stderr: process.stderr }, true);
  await container.start();
  stream.end(input);
  await copied;
  return { status: await status, hash: sha256(Buffer.concat(output)) };
}

/** Whether podman serves its API there. */
async function servicesOn(host: BedHost): Promise<boolean> {
  const programs = await host.run(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "']);
  return programs.includes('system service');
}
