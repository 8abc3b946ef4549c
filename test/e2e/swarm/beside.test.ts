import { once } from 'node:events';
import { expect } from 'chai';
import type { ServicesJson } from '../../../tasks/swarm/results.js';
import { bed } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { loseNetwork, openPlace, type Place } from './place.js';

const FILES = {
  'docker/web/Dockerfile':
    'FROM busybox:latest\nRUN echo theirs > /mark; head -c 10000000 /dev/urandom > /noise\nCMD ["sleep", "100000"]\n',
  'docker/other/Dockerfile': 'FROM busybox:latest\nRUN echo ours > /mark\nCMD ["sleep", "100000"]\n',
  'docker/run.cfg': '',
};

const WEB = ['[web]', 'swarm=ssh://root@manager', 'args=--stop-timeout 0'];

heavy(() => {
  describe('deploy, beside what else a swarm has', function () {
    this.timeout(600_000);
    let place: Place;

    before(async function () {
      place = await openPlace(this, 'beside', FILES);
      await place.configure(...WEB, 'replicas=3');
      await place.succeeds('build:web');
    });
    after(() => place?.close());

    const web = () => place.running('beside-web');
    const imagesOf = async () => [...new Set((await web()).map(({ image }) => image))];

    it('sends what all nodes lack once from here, as the dry run says', async () => {
      const once = /go once from here to ssh:\/\/root@manager, and from there to /;
      expect((await place.succeeds('deploy:web', '--dry-run')).stderr).to.match(once);
      const { stderr } = await place.succeeds('deploy:web');
      expect(stderr).to.match(once);
      expect(stderr.match(/ and [\d.]+MB from another host/g)).to.have.length(2);
    });

    it('refuses what no node has as much of', async () => {
      await place.configure(...WEB, 'replicas=3', 'reserve=GPU=1');
      const { status, stderr } = await place.task('deploy:web');
      expect(status).to.equal(1);
      expect(stderr).to.match(/No node of the swarm may run it: node1 gets nothing: it has 0 of GPU, /);
      await place.configure(...WEB, 'replicas=3');
    });

    it('runs ours where a registry has another image of that name', async () => {
      const { manager } = place.swarm;
      const docker = (words: string) => manager.run(['docker', ...words.split(' ')]);
      const registry = await bed.registry();
      const name = `${manager.gateway}:${registry.port}/other`;
      try {
        const [theirs = ''] = await imagesOf();
        for (const words of [`tag ${theirs} ${name}:latest`, `push ${name}:latest`, `rmi ${name}:latest`])
          await docker(words);
        await place.configure(
          ...['[other]', 'swarm=ssh://root@manager', `name=${name}`, 'prefix=False', 'tag=latest'],
          ...['constraints=node.hostname==node1', 'args=--name other --stop-timeout 0'],
        );
        await place.succeeds('build:other');
        const asked = await registry.log();
        await place.succeeds('deploy:other');
        const container = (await docker('ps -q --filter name=^other')).trim();
        expect(await docker(`exec ${container} cat /mark`)).to.equal('ours\n');
        expect(await registry.log()).to.equal(asked);
        await docker('service rm other');
      } finally {
        await registry.stop();
        await place.source.docker.getImage(`${name}:latest`).remove();
      }
    });

    it('keeps from a node that joins later until it is deployed again, which sends the image there', async () => {
      const [image = ''] = await imagesOf();
      await place.join('node4');
      await place.swarm.manager.run(['docker', 'service', 'scale', '-d', 'beside-web=6']);
      await until('six containers', async () => {
        const tasks = await web();
        return tasks.length === 6 && tasks.every(({ state }) => state === 'running');
      });
      expect((await web()).map(({ node }) => node)).not.to.include('node4');
      await place.configure(...WEB, 'replicas=7');
      await place.succeeds('deploy:web');
      expect((await web()).filter(({ node }) => node === 'node4')).to.have.length(1);
      const { swarms } = JSON.parse((await place.succeeds('services', '--json')).stdout) as ServicesJson;
      const contents = swarms.flatMap(({ nodes }) => nodes.flatMap((node) => node.contents));
      expect(contents.filter((one) => one.image === image).map(({ state }) => state)).to.deep.equal(
        Array(4).fill('there'),
      );
    });

    // The last one: the node stays away.
    it('tells of a node that is lost while it updates, and how it has ended', async () => {
      const { manager, hosts } = place.swarm;
      const node = hosts.find(({ name }) => name === 'node2');
      await place.configure(
        ...WEB,
        'replicas=4',
        'environment=-e LATER=1',
        'update=parallelism=1 monitor=1s',
      );
      const child = place.start('deploy:web', '--timeout', '40s');
      const closed = once(child, 'close');
      let said = '';
      child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
      await until('the update to begin', () => Promise.resolve(said.includes('▸ deploy')));
      await loseNetwork(node);
      const [status] = (await closed) as [number];
      expect(said).to.include('node2 is down');
      // Whether the swarm gets there without it depends on which node had what.
      const back = /did not run within 40\.0s \(node2 was lost meanwhile.*\): .* has gone back/;
      if (status === 0) expect(said).to.match(/4 of 4 run /);
      else expect(said).to.match(back);
      const spec = await manager.run(['docker', 'service', 'inspect', 'beside-web']);
      expect(spec.split('"PreviousSpec"')[0]?.includes('LATER=1')).to.equal(status === 0);
      const tasks = (await web()).map(({ node: on, state }) => `${state} ${on === 'node2'}`);
      expect(tasks).to.deep.equal(Array(status === 0 ? 4 : 7).fill('running false'));
    });
  });
});
