import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedHost, type EngineName } from '../../bed/index.js';
import { cases, heavy } from '../../circle.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';
import { type OpenExample, openExample } from './example.js';
import { type PackageIndex, servePackages } from './package-index.js';
import { doAsReadmeSays, letAdaIn } from './readme-script.js';
import { wheel } from './wheel.js';

const TABULATE = wheel({
  name: 'tabulate',
  version: '0.9.0',
  files: {
    'tabulate.py':
      'def tabulate(rows, headers):\n    return "\\n".join(f"{a:<8}{b}" for a, b in [tuple(headers), *rows])\n',
  },
});

for (const [here, there] of cases<readonly [EngineName, EngineName]>([
  ['20-overlay2', '28-containerd'],
  ['28-containerd', 'podman-5.4'],
  ['28-containerd', '20-overlay2'],
])) {
  describe(`examples/locked-down from ${here} to a server with ${there}`, function () {
    this.timeout(600_000);
    let example: OpenExample;
    let packages: PackageIndex;
    let server: BedHost;
    let home: SshHome;
    before(async function () {
      example = await openExample(this, 'locked-down', { engine: here, tag: 'v1.2.0' });
      packages = await servePackages(example.engine, [TABULATE]);
      server = await bed.orSkip(this, () => bed.host({ engine: there, name: 'locked' }));
      home = await sshHome(server);
      Object.assign(example.env, home.env, packages.env, { DOCKER_HOST: example.engine.url });
      await server.run(['mkdir', '-p', '/srv/readings']);
      await server.run(['sh', '-c', 'printf "attic,20\\nattic,30\\n" > /srv/readings/a.csv']);
    });
    after(async () => {
      await example.close();
      await packages.close();
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
      packages.asked.clear();
      const { status, stderr } = await deploy();
      expect(status, stderr).to.equal(0);
      // The label that says the version is new, the layers are not.
      expect(stderr).to.match(/0 of \d+ layers sent, [\d.]+kB in/);
      expect([...packages.asked]).to.deep.equal([]);
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
