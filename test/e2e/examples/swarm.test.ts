import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedSwarm } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { type SwarmHome, swarmHome } from '../swarm/place.js';
import { type OpenExample, openExample } from './example.js';
import { doAsReadmeSays, letAdaIn } from './readme-script.js';

heavy(() => {
  describe('examples/swarm', function () {
    this.timeout(600_000);
    let example: OpenExample;
    let swarm: BedSwarm;
    let home: SwarmHome;

    before(async function () {
      example = await openExample(this, 'swarm', { engine: '28-containerd' });
      swarm = await bed.swarm(['28-containerd', '28-overlay2', '20-overlay2']);
      home = await swarmHome(swarm);
      Object.assign(example.env, home.env, { DOCKER_HOST: example.engine.url });
    });
    after(async () => {
      await example?.close();
      await home?.remove();
      await swarm?.stop();
    });

    const onSwarm = async (...words: string[]) => {
      const { status, stdout, stderr } = await example.gulp(...words, '--swarm', 'ssh://root@manager');
      expect(status, stdout + stderr).to.equal(0);
      return stdout;
    };
    const pages = () =>
      Promise.all(swarm.hosts.map(async ({ address }) => (await fetch(`http://${address}:8080/`)).text()));

    it('serves a page from each node, the next one after an update, and the one before that again', async () => {
      await onSwarm('release');
      expect(await pages()).to.deep.equal(Array(3).fill('<h1>Hello from a swarm</h1>\n'));
      await writeFile(join(example.folder, 'site/index.html'), 'another page\n');
      await onSwarm('release');
      expect(await pages()).to.deep.equal(Array(3).fill('another page\n'));
      await onSwarm('rollback:web');
      expect(await pages()).to.deep.equal(Array(3).fill('<h1>Hello from a swarm</h1>\n'));
      expect(await onSwarm('services')).to.match(/^swarm-web +3\/3 /m);
    });

    it('does what its README says, command by command', async () => {
      await Promise.all(swarm.hosts.map(letAdaIn));
      const config = join(example.folder, 'docker/run.cfg');
      await writeFile(config, (await readFile(config, 'utf8')).replace('# swarm=', 'swarm='));
      const said = await doAsReadmeSays(example, {
        leftOut: /^ssh .* docker swarm init$/,
        names: { 'any-node-that-runs-one': swarm.manager.address },
      });
      expect(said).to.match(/^swarm-web +3\/3 /m);
      expect(said.match(/^\d │ 5 readings, [\d.]+ on average$/gm)).to.have.length(16);
      expect(await readFile(join(example.folder, 'results/7.log'), 'utf8')).to.match(/^5 readings/);
    });

    it('takes the readings in eight parts, and says how each has ended', async () => {
      const stdout = await onSwarm('analyse', '--at-once', '4', '--logs', 'results');
      expect(stdout.match(/^\d │ 5 readings, [\d.]+ on average$/gm)).to.have.length(8);
      expect(stdout.match(/^\d +0 +1 +node\d/gm)).to.have.length(8);
      expect(await readFile(join(example.folder, 'results/7.log'), 'utf8')).to.match(/^5 readings/);
      expect(await onSwarm('services')).to.match(/^swarm-web +3\/3 /m);
    });
  });
});
