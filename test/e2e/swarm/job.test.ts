import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { openPlace, type Place } from './place.js';

const FILES = {
  'docker/batch/Dockerfile': [
    'FROM busybox:latest',
    'CMD ["sh", "-c", "echo begin $JOB_INDEX of $JOB_COUNT; echo aside >&2; case $JOB_INDEX in 3|7) exit 5;; esac; echo end $JOB_INDEX"]',
    '',
  ].join('\n'),
  'docker/run.cfg':
    '[DEFAULT]\nswarm=ssh://root@manager\n[batch]\nargs=--stop-timeout 1\n[long]\nname=batch\ncmd=sleep 1000\nargs=--stop-timeout 0\n[run_image]\nsynthetic_images=long\n',
};

describe('job: an image on a swarm, once for each index', function () {
  this.timeout(600_000);
  let place: Place;

  before(async function () {
    place = await openPlace(this, 'batches', FILES);
    const { status, stderr } = await place.task('build:batch');
    expect(status, stderr).to.equal(0);
  });
  after(() => place?.close());

  const services = async () =>
    (await place.swarm.manager.docker.listServices()).map(({ Spec }) => Spec?.Name);

  it('has an exact status for each of 12, of which two fail twice, and leaves nothing', async () => {
    const { status, stdout, stderr } = await place.task(
      ...[
        'job:batch',
        '--completions',
        '12',
        '--at-once',
        '4',
        '--retries',
        '1',
        '--keep-going',
        '--logs',
        'logs',
      ],
    );
    expect(status, stderr).to.equal(1);
    expect(stderr).to.include(
      '2 of 12 of batch did not end with status 0: 3 ended with exit status 5, 7 ended with exit status 5.',
    );
    const rows = stdout.split('\n').map((line) => /^(\d+) +(\d+) +(\d+) +node\d /.exec(line)?.slice(1, 4));
    const expected = Array.from({ length: 12 }, (_, index) =>
      index === 3 || index === 7 ? [`${index}`, '5', '2'] : [`${index}`, '0', '1'],
    );
    expect(rows.filter((row) => row !== undefined)).to.deep.equal(expected);
    expect(stdout.match(/^\d+ │ begin/gm)).to.have.length(14);
    expect(stdout.match(/^\d+ │ end/gm)).to.have.length(10);
    expect(stderr.match(/^\d+ │ aside/gm)).to.have.length(14);
    const folder = join(place.folder, 'logs');
    expect(await readdir(folder)).to.have.length(12);
    expect(await readFile(join(folder, '11.log'), 'utf8'))
      .to.include('begin 11 of 12\n')
      .and.include('end 11\n');
    expect(await services()).to.deep.equal([]);
  });

  heavy(() => {
    it('ends with the first that fails, unless it is to keep going', async () => {
      const { status, stdout } = await place.task('job:batch', '--completions', '12', '--at-once', '2');
      expect(status).to.equal(1);
      expect(stdout)
        .to.match(/^3 +5 +1 /m)
        .and.match(/^11 +– +0 +was not run$/m);
      expect(await services()).to.deep.equal([]);
    });

    it('leaves nothing behind Ctrl-C', async () => {
      const child = place.start('job:long', '--completions', '3');
      child.stderr.resume();
      await until('three services', async () => (await services()).length === 3);
      child.kill('SIGINT');
      await once(child, 'close');
      expect(await services()).to.deep.equal([]);
    });

    it('removes what a killed one has left', async () => {
      const child = place.start('job:long', '--completions', '2');
      child.stderr.resume();
      await until('two services', async () => (await services()).length === 2);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect((await place.task('job:batch')).status).to.equal(0);
      expect(await services()).to.deep.equal([]);
    });

    it('loses what runs on a node that goes, and runs it again where it may', async () => {
      const child = place.start('job:long', '--completions', '3', '--retries', '1');
      child.stderr.resume();
      const running = async () =>
        (await Promise.all((await services()).map((name) => place.running(name ?? '')))).flat();
      const node = await until('three tasks, one of them on a worker', async () => {
        const tasks = (await running()).filter(({ state }) => state === 'running');
        return tasks.length === 3 && (tasks.find(({ node }) => node === 'node2')?.node ?? false);
      });
      const host = place.swarm.hosts.find(({ name }) => name === node);
      await host?.run([
        'sh',
        '-c',
        'for d in $(ls /sys/class/net | grep -v lo); do ip link set $d down; done',
      ]);
      await until('it to run elsewhere', async () =>
        (await services()).some((name) => /-\d-2$/.test(name ?? '')),
      );
      child.kill('SIGINT');
      await once(child, 'close');
      await until('nothing of it', async () => (await services()).length === 0);
    });
  });
});
