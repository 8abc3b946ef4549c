import { expect } from 'chai';
import type { ServicesJson } from '../../../tasks/swarm/results.js';
import { heavy } from '../../circle.js';
import { openPlace, type Place } from './place.js';

const FILES = {
  'docker/train/Dockerfile': 'FROM busybox:latest\nCMD ["sleep", "100000"]\n',
  'docker/run.cfg': '',
};

/** Two with names of their own on the second node, and so many, one and two, on the second and third. */
const COUNTED = [
  {},
  { 'node-generic-resources': ['NVIDIA-GPU=gpu-a', 'NVIDIA-GPU=gpu-b', 'GPU=1'] },
  { 'node-generic-resources': ['GPU=2'] },
];

const TRAIN = ['[train]', 'swarm=ssh://root@manager', 'update=monitor=1s', 'args=--stop-timeout 1'];

heavy(() => {
  describe('what reserves GPUs, in a swarm of which some nodes count them', function () {
    this.timeout(600_000);
    let place: Place;

    before(async function () {
      place = await openPlace(this, 'trainers', FILES, COUNTED);
      await place.succeeds('build:train');
    });
    after(() => place?.close());

    const tasks = () => place.running('trainers-train');

    /** By node: the states in which it has the image. */
    async function contents(): Promise<Record<string, string[]>> {
      const { swarms } = JSON.parse((await place.succeeds('services', '--json')).stdout) as ServicesJson;
      const nodes = swarms.flatMap(({ nodes }) => nodes);
      return Object.fromEntries(
        nodes.map(({ hostname, contents }) => [hostname, contents.map(({ state }) => state)]),
      );
    }

    it('goes to the node that has them alone, the image too, and has one in each container', async () => {
      await place.configure(...TRAIN, 'replicas=2', 'reserve=NVIDIA-GPU=1');
      const { stderr } = await place.succeeds('deploy:train');
      expect(stderr).to.match(/node1 gets nothing: it has 0 of NVIDIA-GPU, and one container takes 1/);
      expect(stderr).to.match(/node3 gets nothing: it has 0 of NVIDIA-GPU, and one container takes 1/);
      expect((await tasks()).map(({ node, state }) => [node, state])).to.deep.equal([
        ['node2', 'running'],
        ['node2', 'running'],
      ]);
      expect(await contents()).to.deep.equal({ node1: [], node2: ['there'], node3: [] });
      const [, node] = place.swarm.hosts;
      const environment = await node!.run([
        'sh',
        '-c',
        'for c in $(docker ps -q); do docker exec $c env; done | grep ^DOCKER_RESOURCE | sort',
      ]);
      expect(environment).to.equal('DOCKER_RESOURCE_NVIDIA-GPU=gpu-a\nDOCKER_RESOURCE_NVIDIA-GPU=gpu-b\n');
    });

    it('is updated although all of them are taken', async () => {
      const before = (await tasks()).map(({ id }) => id);
      await place.configure(...TRAIN, 'replicas=2', 'reserve=NVIDIA-GPU=1', 'environment=-e A=1');
      await place.succeeds('deploy:train');
      expect((await tasks()).map(({ node }) => node)).to.deep.equal(['node2', 'node2']);
      for (const { id } of await tasks()) expect(before).not.to.include(id);
    });

    it('fails and goes back where it is to have more than there are, and says so', async () => {
      await place.configure(...TRAIN, 'replicas=3', 'reserve=NVIDIA-GPU=1', 'environment=-e A=1');
      const { status, stdout, stderr } = await place.task('deploy:train', '--timeout', '10s');
      expect(status, stdout).to.equal(1);
      expect(stderr).to.match(
        /^trainers-train did not run within 10\.0s \(trainers-train\.\d is pending: no suitable node \(insufficient resources.*: trainers-train has gone back to what it was before/m,
      );
      expect((await tasks()).map(({ node, state }) => [node, state])).to.deep.equal([
        ['node2', 'running'],
        ['node2', 'running'],
      ]);
    });

    it('is one on each node that has them, where it was one on each node', async () => {
      await place.swarm.manager.run(['docker', 'service', 'rm', 'trainers-train']);
      await place.configure(...TRAIN, 'replicas=global');
      await place.succeeds('deploy:train');
      expect(await tasks()).to.have.length(3);
      await place.configure(...TRAIN, 'replicas=global', 'reserve=GPU=1');
      await place.succeeds('deploy:train');
      expect((await tasks()).map(({ node, state }) => [node, state]).sort()).to.deep.equal([
        ['node2', 'running'],
        ['node3', 'running'],
      ]);
      await place.swarm.manager.run(['docker', 'service', 'rm', 'trainers-train']);
    });

    it('is a job that has as many at once as there are, on whatever node they are', async () => {
      const work = 'n=$(date +%s); sleep 4; echo from $n to $(date +%s)';
      await place.configure(...TRAIN, 'gpu=--gpus 1', `cmd=sh -c '${work}'`);
      const { stdout } = await place.succeeds('job:train', '--completions', '6', '--at-once', '6');
      const rows = [...stdout.matchAll(/^(\d) +0 +1 +(node\d) /gm)].map(([, index = '', node = '']) => ({
        index,
        node,
      }));
      expect(rows).to.have.length(6);
      expect(new Set(rows.map(({ node }) => node))).to.deep.equal(new Set(['node2', 'node3']));
      const times = [...stdout.matchAll(/^(\d) │ from (\d+) to (\d+)/gm)].map(([, index, from, to]) => ({
        node: rows.find((row) => row.index === index)?.node,
        from: Number(from),
        to: Number(to),
      }));
      for (const one of times) {
        const beside = times.filter(
          ({ node, from, to }) => node === one.node && from <= one.from && one.from < to,
        );
        expect(beside.length, stdout).to.be.within(1, one.node === 'node2' ? 1 : 2);
      }
    });
  });
});
