import { appendFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedHost, type EngineName } from '../../bed/index.js';
import { cases, heavy } from '../../circle.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';
import { type OpenExample, openExample } from './example.js';
import { doAsReadmeSays, letAdaIn } from './readme-script.js';

for (const [here, there] of cases<readonly [EngineName, EngineName]>([
  ['20-overlay2', '28-containerd'],
  ['28-containerd', 'podman-5.4'],
  ['28-containerd', '20-overlay2'],
])) {
  describe(`examples/locked-down from ${here} to a server with ${there}`, function () {
    this.timeout(600_000);
    let example: OpenExample;
    let server: BedHost;
    let home: SshHome;
    before(async function () {
      example = await openExample(this, 'locked-down', { engine: here, tag: 'v1.2.0' });
      server = await bed.orSkip(this, () => bed.host({ engine: there, name: 'locked' }));
      home = await sshHome(server);
      Object.assign(example.env, home.env, { DOCKER_HOST: example.engine.url });
      await server.run(['mkdir', '-p', '/srv/readings']);
      await server.run(['sh', '-c', 'printf "attic,20\\nattic,30\\n" > /srv/readings/a.csv']);
    });
    after(async () => {
      await example.close();
      await home.remove();
      await server.stop();
    });

    const address = () => `root@${server.address}`;
    const deploy = () => example.gulp('deploy', '--host', address());

    /** Runs gulp with the server's engine as the one that builds and runs. */
    const onServer = async (...args: string[]) => {
      example.env.DOCKER_HOST = `ssh://${address()}`;
      try {
        return await example.gulp(...args);
      } finally {
        example.env.DOCKER_HOST = example.engine.url;
      }
    };

    const onServerItself = (...argv: string[]) =>
      server.run(argv).then(
        () => 'succeeds',
        () => 'fails',
      );

    it('has a server that reaches nothing outside', async () => {
      expect(await onServerItself('ping', '-c', '1', '-W', '2', server.address)).to.equal('succeeds');
      expect(await onServerItself('ping', '-c', '1', '-W', '2', '192.0.2.1')).to.equal('fails');
      expect(await onServerItself('docker', 'pull', 'busybox:latest')).to.equal('fails');
    });

    it('builds base here, sends it there, and builds and runs app there', async () => {
      const { status, stderr } = await deploy();
      expect(status, stderr).to.equal(0);
      const run = await onServer('run:app', '--silent');
      expect(run.stdout, run.stderr).to.equal('sensor  mean\nattic   25.0\nreadings 1.2.0\n');
    });

    it('sends no layer of base again when the sources change', async () => {
      appendFileSync(join(example.folder, 'src/readings/__init__.py'), '\nmeans = lambda rows: dict(rows)\n');
      example.asked.clear();
      const { status, stderr } = await deploy();
      expect(status, stderr).to.equal(0);
      // The label that says the version is new, the layers are not.
      expect(stderr).to.match(/0 of \d+ layers sent, [\d.]+kB in/);
      expect([...example.asked]).to.deep.equal([]);
    });

    it("iterates by the server's engine alone", async () => {
      appendFileSync(join(example.folder, 'src/readings/__init__.py'), '\nmeans = lambda rows: {"all": 7}\n');
      const { status, stdout, stderr } = await onServer('build:app', 'run:app', '--series');
      expect(status, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/^all {5}7\nreadings 1\.2\.0\+0\.g[0-9a-f]+\.dirty\n/m);
    });

    heavy(() => {
      // There podman has no group whose members may use it.
      if (there.startsWith('podman')) return;
      it('does what its README says, command by command', async () => {
        await letAdaIn(server);
        await home.configure(
          `IdentityFile ${server.identityFile}\nHost server\n  HostName ${server.address}`,
        );
        const said = await doAsReadmeSays(example);
        expect(said).to.match(/^readings 1\.2\.0/m);
      });
    });

    it('runs the same image here with the data of the project', async () => {
      const { status, stdout, stderr } = await example.gulp('build:app', 'run:app', '--series');
      expect(status, stdout + stderr).to.equal(0);
      expect(stdout).to.include('all     7');
    });
  });
}

heavy(() => {
  describe('examples/locked-down to several servers at once, of different makers', function () {
    this.timeout(600_000);
    const there = ['28-containerd', '20-overlay2', 'podman-5'] as const;
    const servers: BedHost[] = [];
    let example: OpenExample;
    let home: SshHome;

    before(async function () {
      example = await openExample(this, 'locked-down', { engine: '28-overlay2', tag: 'v1.2.0' });
      for (const engine of there)
        servers.push(await bed.orSkip(this, () => bed.host({ engine, name: `locked-${engine}` })));
      for (const [index, one] of servers.entries())
        for (const other of servers.slice(index + 1)) await bed.joinHosts(one, other);
      home = await sshHome(servers[0]!);
      await writeFile(
        home.knownHostsFile,
        (await Promise.all(servers.map((server) => readFile(server.knownHostsFile, 'utf8')))).join(''),
      );
      await home.configure(
        servers
          .map(({ address, identityFile }) => `Host ${address}\n  IdentityFile ${identityFile}\n`)
          .join(''),
      );
      Object.assign(example.env, home.env, { DOCKER_HOST: example.engine.url });
      for (const server of servers) {
        await server.run(['mkdir', '-p', '/srv/readings']);
        await server.run(['sh', '-c', `printf "${server.name},20\n" > /srv/readings/a.csv`]);
      }
    });

    after(async () => {
      await example?.close();
      await home?.remove();
      for (const server of servers) await server.stop();
    });

    const onServer = async (index: number, ...args: string[]) => {
      example.env.DOCKER_HOST = url(index);
      try {
        return await example.gulp(...args);
      } finally {
        example.env.DOCKER_HOST = example.engine.url;
      }
    };

    const inAll = () => servers.flatMap(({ address }) => ['--host', `root@${address}`]);
    const url = (index: number) => `ssh://root@${servers[index]!.address}`;

    it('sends base once for those that give it on, and builds and runs app on each', async () => {
      const before = await Promise.all(servers.map((server) => server.bytes()));
      const { status, stdout, stderr } = await example.gulp('deploy', ...inAll());
      expect(status, stdout + stderr).to.equal(0);
      const after = await Promise.all(servers.map((server) => server.bytes()));
      const [first = 0, second = 0, podman = 0] = after.map(({ sent }, i) => sent - before[i]!.sent);
      // Once over the wire from here, but for what a busy machine is late with; podman takes none from another host.
      expect(first + second).to.be.within(podman * 0.9, podman * 1.5);
      expect(stderr).to.include(`go once from here to ${url(0)}, and from there to ${url(1)};`);
      expect(stderr).to.include(`${url(2)} gets a copy from here: podman takes none by way of another host`);
      expect(stdout + stderr).to.match(/wrote _version\.py\.bld/);
      for (const [index, server] of servers.entries()) {
        expect(stderr).to.include(`✔ build app on ${url(index)}  `);
        const { stdout } = await onServer(index, 'run:app', '--silent');
        expect(stdout).to.equal(`sensor  mean\n${server.name.padEnd(8)}20.0\nreadings 1.2.0\n`);
      }
    });

    it('goes on where another one fails, and says in the end where it has failed, and why', async () => {
      const dockerfile = join(example.folder, 'docker/app/Dockerfile');
      const written = await readFile(dockerfile, 'utf8');
      const deployed = async (step: string) => {
        await writeFile(dockerfile, `${written}\n${step}\n`);
        return example.gulp('deploy', ...inAll());
      };
      // Of these builders only podman's shows this file.
      const one = await deployed('RUN test ! -e /run/.containerenv\nENV NEW=1');
      expect(one.status, one.stderr).to.equal(1);
      expect(one.stdout + one.stderr).to.match(
        new RegExp(`1 of 3 builds of app failed\\.\n${url(2)}: docker/app/Dockerfile:\\d+: `),
      );
      for (const { docker } of servers.slice(0, 2)) {
        const { Config } = await docker.getImage('locked-down-app:root').inspect();
        expect(Config.Env).to.include('NEW=1');
      }
      const all = await deployed('RUN exit 3');
      expect(all.status).to.equal(1);
      expect(all.stdout + all.stderr).to.include('3 of 3 builds of app failed.\n');
      for (const index of servers.keys())
        expect(all.stdout + all.stderr).to.include(`${url(index)}: docker/app/Dockerfile:`);
    });
  });
});
