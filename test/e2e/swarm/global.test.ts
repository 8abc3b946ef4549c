import { once } from 'node:events';
import { expect } from 'chai';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { openPlace, type Place } from './place.js';

const FILES = {
  'docker/agent/Dockerfile': [
    'FROM busybox:latest',
    'ARG HEALTH=true',
    'RUN echo $HEALTH > /health',
    'CMD ["sleep", "100000"]',
    'HEALTHCHECK --interval=1s --retries=3 CMD sh /health',
    '',
  ].join('\n'),
  'docker/run.cfg': '',
};

const AGENT = ['[agent]', 'swarm=ssh://root@manager', 'replicas=global', 'args=--stop-timeout 1'];

heavy(() => {
  describe('deploy: a service with one on each node', function () {
    this.timeout(600_000);
    let place: Place;

    before(async function () {
      place = await openPlace(this, 'everywhere', FILES);
      await built('true');
      await place.configure(...AGENT, 'update=monitor=1s');
      await place.succeeds('deploy:agent');
    });
    after(() => place?.close());

    const agent = () => place.running('everywhere-agent');
    const nodes = async () => (await agent()).map(({ node }) => node).sort();

    async function built(health: string): Promise<void> {
      await place.succeeds('build:agent', '--build-arg', `HEALTH=${health}`);
    }

    it('is updated beside a node that is paused, which keeps what it has', async () => {
      const { manager } = place.swarm;
      const before = await agent();
      await manager.run(['docker', 'node', 'update', '--availability', 'pause', 'node2']);
      try {
        await place.configure(...AGENT, 'update=monitor=1s', 'environment=-e A=1');
        expect((await place.succeeds('deploy:agent')).stderr).to.include(
          'node2 gets nothing: its availability is pause',
        );
        expect(await nodes()).to.deep.equal(['node1', 'node2', 'node3']);
        const kept = (await agent()).filter(({ id }) => before.some((one) => one.id === id));
        expect(kept.map(({ node }) => node)).to.deep.equal(['node2']);
      } finally {
        await manager.run(['docker', 'node', 'update', '--availability', 'active', 'node2']);
      }
      await until('that one too', async () => {
        const ids = (await agent()).map(({ id }) => id);
        return ids.length === 3 && before.every(({ id }) => !ids.includes(id));
      });
    });

    // With one at a time the swarm goes back by itself; with all at once it waits for the lost one, and never ends that.
    for (const [update, more, then] of [
      ['parallelism=1', [], 'the swarm has gone back to what everywhere-agent was before'],
      ['parallelism=0', ['--timeout', '25s'], 'everywhere-agent has gone back to what it was before'],
    ] as const)
      it(`goes back although a node is lost meanwhile, and says so in the end: ${update}`, async () => {
        const before = await agent();
        const image = before[0]?.image;
        await built(`exit 1 #${update}`);
        await place.configure(...AGENT, `update=${update} monitor=5s`, 'environment=-e A=1');
        const child = place.start('deploy:agent', ...more);
        let said = '';
        child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
        // Not the one that is first updated where it is one at a time: that is to be unhealthy.
        const first = await until('the first new one', async () => {
          const isNew = ({ id }: { id: string }) => before.every((one) => one.id !== id);
          return (await agent()).find(isNew) ?? false;
        });
        const node = place.swarm.hosts.slice(1).find(({ name }) => name !== first.node);
        await node?.stopEngine('SIGKILL');
        try {
          const [status] = (await once(child, 'close')) as [number | null];
          expect(status, said).to.equal(1);
          expect(said).to.match(/^everywhere-agent on node\d was unhealthy, as its health check says, and /m);
          expect(said).to.include(`says, and ${then}`);
          const left = (await agent()).filter((task) => task.node !== node?.name);
          expect(left.map((task) => [task.image, task.state])).to.deep.equal(
            Array(2).fill([image, 'running']),
          );
        } finally {
          await node?.restartEngine();
        }
        await until('one on each node again', async () => (await nodes()).length === 3);
      });
  });
});
