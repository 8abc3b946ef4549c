import { expect } from 'chai';
import type { ServicesJson } from '../../../tasks/swarm/results.js';
import { bed } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { openPlace, type Place } from './place.js';

const FILES = {
  'docker/web/Dockerfile': 'FROM busybox:latest\nRUN echo theirs > /mark\nCMD ["sleep", "100000"]\n',
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
      await succeeds('build:web');
      await succeeds('deploy:web');
    });
    after(() => place?.close());

    async function succeeds(...words: string[]): Promise<string> {
      const { status, stdout, stderr } = await place.task(...words);
      expect(status, stderr).to.equal(0);
      return stdout;
    }

    const web = () => place.running('beside-web');
    const imagesOf = async () => [...new Set((await web()).map(({ image }) => image))];

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
        await succeeds('build:other');
        const asked = await registry.log();
        await succeeds('deploy:other');
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
      await succeeds('deploy:web');
      expect((await web()).filter(({ node }) => node === 'node4')).to.have.length(1);
      const { swarms } = JSON.parse(await succeeds('services', '--json')) as ServicesJson;
      const contents = swarms.flatMap(({ nodes }) => nodes.flatMap((node) => node.contents));
      expect(contents.filter((one) => one.image === image).map(({ state }) => state)).to.deep.equal(
        Array(4).fill('there'),
      );
    });
  });
});
