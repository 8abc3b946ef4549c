import { expect } from 'chai';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setUpExample, type ExampleProject } from '../../../examples/set-up.js';
import { bed, type BedEngine, type BedHost, type EngineName } from '../../bed/index.js';
import { sshHome, type SshHome } from '../engine/ssh-home.js';
import { gulp } from './gulp.js';

for (const [here, there] of [
  ['20-overlay2', '28-containerd'],
  ['28-containerd', '20-overlay2'],
] satisfies [EngineName, EngineName][]) {
  describe(`the locked-down workflow from ${here} to a server with ${there}`, () => {
    let engine: BedEngine;
    let server: BedHost;
    let home: SshHome;
    let example: ExampleProject;
    before(async function () {
      this.timeout(900_000);
      engine = await bed.orSkip(this, () => bed.engine(here));
      await bed.baseImages(engine.docker, ['python:3.11-slim']);
      server = await bed.orSkip(this, () => bed.host({ engine: there, name: 'locked' }));
      home = await sshHome(server);
      example = await setUpExample('quickstart', { tag: 'v1.2.0' });
    });
    after(async () => {
      await gulp(example.folder, ['clean'], { env: engine.env });
      await example.remove();
      await home.remove();
      await server.stop();
    });

    const address = () => `root@${server.address}`;
    const onServer = () => ({ ...home.env, DOCKER_HOST: `ssh://${address()}` });
    const deploy = () =>
      gulp(example.folder, ['locked-down:app', '--host', address()], {
        env: { ...home.env, DOCKER_HOST: engine.url },
      });

    it('has a server that reaches nothing outside', async () => {
      const reaches = await server.run(['ping', '-c', '1', '-W', '2', '192.0.2.1']).then(
        () => true,
        () => false,
      );
      expect(reaches).to.equal(false);
      const pull = await server.run(['docker', 'pull', 'busybox:latest']).then(
        () => 'pulled',
        () => 'refused',
      );
      expect(pull).to.equal('refused');
    });

    it('builds base here, sends it there, and builds and runs app there', async function () {
      this.timeout(240_000);
      const { status, stderr } = await deploy();
      expect(status, stderr).to.equal(0);
      const run = await gulp(example.folder, ['run:app', '--silent'], { env: onServer() });
      expect(run.stdout, run.stderr).to.equal('Hello, world! This is greeter 1.2.0.\n');
    });

    it('sends no base again when the sources change, and builds from what is there', async function () {
      this.timeout(240_000);
      appendFileSync(join(example.folder, 'src/greeter/__init__.py'), '\ngreet = "Bye, {}!".format\n');
      const { status, stderr } = await deploy();
      expect(status, stderr).to.equal(0);
      // The label that says the version is new, the layers are not.
      expect(stderr).to.match(/0 of 3 layers sent, [\d.]+kB in/);
      const run = await gulp(example.folder, ['run:app', '--silent'], { env: onServer() });
      expect(run.stdout, run.stderr).to.match(
        /^Bye, world! This is greeter 1\.2\.0\+0\.g[0-9a-f]+\.dirty\.\n$/,
      );
    });
  });
}
