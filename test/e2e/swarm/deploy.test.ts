import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { ServicesJson } from '../../../tasks/swarm/results.js';
import { bed } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { openPlace, type Place } from './place.js';

const FILES = {
  'docker/web/Dockerfile': [
    'FROM busybox:latest',
    'ARG MARK=1',
    'RUN echo $MARK > /mark',
    'CMD ["sh", "-c", "echo started $(cat /mark); exec sleep 100000"]',
    '',
  ].join('\n'),
  'docker/run.cfg': '',
};

const WEB = ['[web]', 'swarm=ssh://root@manager', 'update=monitor=1s parallelism=0'];
const QUICK = 'args=--stop-timeout 1';

describe('deploy: a service of a swarm without a registry', function () {
  this.timeout(600_000);
  let place: Place;

  before(async function () {
    place = await openPlace(this, 'fleet', FILES);
    await place.configure(...WEB, 'replicas=3', QUICK);
    await built(1);
  });
  after(() => place?.close());

  async function built(mark: number): Promise<void> {
    await place.succeeds('build:web', '--build-arg', `MARK=${mark}`);
  }

  const web = () => place.running('fleet-web');
  const imagesOf = async () => [...new Set((await web()).map(({ image }) => image))];
  const ids = async () => (await web()).map(({ id }) => id).sort();

  /** States of what each node has of it, by reference. */
  async function contents(): Promise<Record<string, string[]>> {
    const { stdout } = await place.succeeds('services', '--json');
    const { swarms } = JSON.parse(stdout) as ServicesJson;
    const all: Record<string, string[]> = {};
    for (const { image, state } of swarms.flatMap(({ nodes }) => nodes.flatMap((node) => node.contents)))
      (all[image] ??= []).push(state);
    return all;
  }

  it('runs on nodes of all image stores, which get the image from here, through the manager', async () => {
    const { stderr } = await place.succeeds('deploy:web');
    const tasks = await web();
    expect(tasks.map(({ node }) => node).sort()).to.deep.equal(['node1', 'node2', 'node3']);
    expect(tasks.map(({ state }) => state)).to.deep.equal(Array(3).fill('running'));
    const [image = ''] = await imagesOf();
    expect(image).to.match(/^127\.0\.0\.1:1\/fleet-web:[0-9a-f]{16}$/);
    expect(stderr).to.include(`fleet-web: 3 of 3 run ${image}`);
    expect(await contents()).to.deep.equal({ [image]: ['there', 'there', 'there'] });
    expect((await place.succeeds('images')).stdout.match(/ swarm: node\d +same /g)).to.have.length(3);
  });

  it('leaves what is as it is to be: nothing is sent, nothing starts again', async () => {
    const before = await ids();
    const { stderr } = await place.succeeds('deploy:web');
    expect(stderr).to.include('is on all 3 nodes that may run it: nothing to send');
    expect(stderr).to.include('as it is deployed already');
    expect(await ids()).to.deep.equal(before);
  });

  it('takes another content up, keeps the one before it, and goes back to that', async () => {
    const [first = ''] = await imagesOf();
    await built(2);
    await place.succeeds('deploy:web');
    const [second = ''] = await imagesOf();
    expect(second).not.to.equal(first);
    await place.succeeds('rollback:web');
    expect(await imagesOf()).to.deep.equal([first]);
    expect(Object.keys(await contents()).sort()).to.deep.equal([first, second].sort());
    await built(1);
    expect((await place.succeeds('deploy:web')).stderr).to.include('as it is deployed already');
  });

  it('goes back by itself where a container ends, and says why, with its last lines', async () => {
    const before = await imagesOf();
    await place.configure(...WEB, 'replicas=3', QUICK, "cmd=sh -c 'echo the disk is full >&2; exit 7'");
    const { status, stderr } = await place.task('deploy:web');
    expect(status).to.equal(1);
    expect(stderr).to.match(
      /^fleet-web\.\d on node\d ended with exit status 7, and the swarm has gone back to what fleet-web was before; the task wrote last:\n {2}the disk is full$/m,
    );
    expect(await imagesOf()).to.deep.equal(before);
    expect((await web()).every(({ state }) => state === 'running')).to.equal(true);
    await place.configure(...WEB, 'replicas=3', QUICK);
  });

  heavy(() => {
    const failing: Record<string, { lines: string[]; why: RegExp }> = {
      'is unhealthy': {
        lines: ['args=--stop-timeout 1 --health-cmd false --health-interval 1s --health-retries 1'],
        why: /was unhealthy, as its health check says, and the swarm has gone back/,
      },
      'cannot be made': {
        lines: [QUICK, 'volumes=-v /not/there:/data'],
        why: /was rejected: .*\/not\/there, and the swarm has gone back/,
      },
      'finds no room': {
        lines: [QUICK, 'reserve=cpus=64'],
        why: /did not run within 3\.0s \(.*insufficient resources.*\): fleet-web has gone back/s,
      },
    };
    for (const [what, { lines, why }] of Object.entries(failing))
      it(`goes back where a container ${what}`, async () => {
        const before = await imagesOf();
        await place.configure(...WEB, 'replicas=3', ...lines);
        const time = what === 'finds no room' ? ['--timeout', '3s'] : [];
        const { status, stderr } = await place.task('deploy:web', ...time);
        expect(status, stderr).to.equal(1);
        expect(stderr).to.match(why);
        expect(await imagesOf()).to.deep.equal(before);
        expect((await web()).map(({ state }) => state)).to.deep.equal(Array(3).fill('running'));
      });

    it('removes again what was not there before and does not come up', async () => {
      await place.configure(...WEB, 'args=--name fresh', 'cmd=true');
      const { status, stderr } = await place.task('deploy:web');
      expect(status, stderr).to.equal(1);
      expect(stderr).to.include(
        'ended with exit status 0, though it is to run on, and fresh, which was not there',
      );
      const services = await place.swarm.manager.docker.listServices();
      expect(services.map(({ Spec }) => Spec?.Name)).to.deep.equal(['fleet-web']);
    });

    it('keeps away from nodes that would drop a setting in silence', async () => {
      await place.configure(
        ...WEB,
        'args=--name safe --stop-timeout 1 --security-opt no-new-privileges',
        'replicas=4',
      );
      const { stderr } = await place.succeeds('deploy:web');
      expect(stderr).to.match(
        /node3 gets nothing: its engine, 20\.10\.\d+, would drop --security-opt in silence/,
      );
      expect(new Set((await place.running('safe')).map(({ node }) => node))).to.deep.equal(
        new Set(['node1', 'node2']),
      );
      await place.swarm.manager.run(['docker', 'service', 'rm', 'safe']);
    });

    it('is said how to go on with, where the task is interrupted, and goes on', async () => {
      await built(3);
      await place.configure('[web]', 'swarm=ssh://root@manager', 'replicas=3', QUICK, 'update=monitor=3s');
      const before = new Set(await ids());
      const child = place.start('deploy:web');
      const said = text(child.stderr);
      await until('the update to begin', async () => (await ids()).some((id) => !before.has(id)));
      child.kill('SIGINT');
      await once(child, 'close');
      expect(await said).to.match(
        /The swarm goes on with fleet-web by itself: docker -H \S+ service ps fleet-web/,
      );
      await until('all of it', async () => (await ids()).every((id) => !before.has(id)));
      await place.succeeds('deploy:web');
    });

    it('sends an image again that a node has lost, and has nothing of older ones', async () => {
      const [image = ''] = await imagesOf();
      await place.configure(...WEB, 'replicas=0', QUICK);
      await place.succeeds('deploy:web');
      const [, node] = place.swarm.hosts;
      await until('no container to need it', async () => {
        await node!.run(['docker', 'container', 'prune', '-f']);
        await node!.run(['docker', 'rmi', '-f', image]);
        return true;
      });
      expect((await contents())[image]).to.deep.equal(['there', 'stale', 'there']);
      expect((await place.succeeds('images')).stdout).to.match(/ swarm: node2 +stale\b/);
      const doctor = await place.task('doctor');
      expect(doctor.stdout).to.include('3 of 3 nodes take containers').and.include(`node2 has lost ${image}`);
      await place.configure(...WEB, 'replicas=3', QUICK);
      await place.succeeds('deploy:web');
      expect(await contents()).to.deep.equal({ [image]: ['there', 'there', 'there'] });
    });

    it('prints lines that the docker CLI takes, and that come to the same', async () => {
      const { manager } = place.swarm;
      await manager.run(['docker', 'service', 'rm', 'fleet-web']);
      await manager.run(['docker', 'network', 'create', '-d', 'overlay', 'inner']);
      await manager.run([
        'sh',
        '-c',
        'echo hush | docker secret create key - && echo a=b | docker config create conf -',
      ]);
      const sections = [
        [
          ...[
            'replicas=2',
            'network=inner',
            'secrets=key',
            'environment=-e A=1 -e B=2',
            'ports=-p 8080:80 -p 81:81/udp',
          ],
          'volumes=-v data:/data --mount type=tmpfs,target=/t',
          "args=--stop-timeout 1 -u 1000 -m 64m --label x=1 --dns 1.1.1.1 --add-host h:1.2.3.4 --ulimit nofile=10:20 --health-cmd 'true' --cap-add SYS_TIME --hostname hh --read-only --restart on-failure:3",
        ],
        [
          ...[
            'replicas=1',
            'configs=source=conf,target=/conf',
            'environment=-e A=2 -e C=3',
            'ports=-p 8080:80',
          ],
          ...[
            'volumes=-v other:/data',
            'constraints=node.role==manager',
            'args=--stop-timeout 1 --label x=2',
          ],
          `cmd=sh -c 'sleep 1000; echo "a b"'`,
        ],
      ];
      for (const section of sections) {
        await place.configure('[web]', 'swarm=ssh://root@manager', ...section);
        const { stdout } = await place.succeeds('deploy:web', '--dry-run');
        const line = stdout.split('\n').find((one) => / service (create|update) /.test(one));
        const path = `${(await bed.dockerCli()).replace(/\/docker$/, '')}:${place.env.PATH}`;
        await promisify(execFile)('sh', ['-ec', line ?? 'false'], { env: { ...place.env, PATH: path } });
        expect((await place.succeeds('deploy:web', '--dry-run')).stderr).to.include(
          'is deployed as it is to be already',
        );
      }
    });
  });
});
