import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { loseNetwork, openPlace, type Place } from './place.js';

const LONG_LINE = 20_000;

const FILES = {
  'docker/batch/Dockerfile': 'FROM busybox:latest\nCOPY work /work\nCMD ["sh", "/work"]\n',
  work: [
    'echo begin $JOB_INDEX of $JOB_COUNT',
    'echo aside >&2',
    'case $JOB_INDEX in',
    '  3|7) exit 5;;',
    `  11) head -c ${LONG_LINE} /dev/zero | tr '\\0' x; echo;;`,
    'esac',
    'echo end $JOB_INDEX',
    '',
  ].join('\n'),
  'docker/run.cfg': [
    ...['[DEFAULT]', 'swarm=ssh://root@manager', 'args=--stop-timeout 0'],
    ...['[batch]', 'replicas=3', '[long]', 'name=batch', 'cmd=sleep 1000'],
    ...['[run_image]', 'synthetic_images=long', ''],
  ].join('\n'),
};

describe('job: an image on a swarm, once for each index', function () {
  this.timeout(600_000);
  let place: Place;

  before(async function () {
    place = await openPlace(this, 'batches', FILES);
    await place.succeeds('build:batch');
    // The hardest case for what has ended, and is not to run again.
    await place.swarm.manager.run(['docker', 'swarm', 'update', '--task-history-limit', '0']);
  });
  after(() => place?.close());

  const services = async () =>
    (await place.swarm.manager.docker.listServices()).flatMap(({ Spec }) => Spec?.Name ?? []);
  const job = (words: string) => place.task('job:batch', ...words.split(' '));

  it('has an exact status for each of 12, of which two fail twice, and leaves nothing', async () => {
    const { status, stdout, stderr } = await job(
      '--completions 12 --at-once 4 --retries 1 --keep-going --logs logs',
    );
    expect(status, stderr).to.equal(1);
    expect(stderr).to.match(
      /2 of 12 of batch did not end with status 0: (3|7) ended with exit status 5, (3|7) ended with exit status 5\./,
    );
    const rows = stdout.split('\n').map((line) => /^(\d+) +(\d+) +(\d+) +node\d /.exec(line)?.slice(1, 4));
    const expected = Array.from({ length: 12 }, (_, index) =>
      index === 3 || index === 7 ? [`${index}`, '5', '2'] : [`${index}`, '0', '1'],
    );
    expect(rows.filter((row) => row !== undefined)).to.deep.equal(expected);
    expect(stdout.match(/^[ \d]\d │ begin/gm)).to.have.length(14);
    expect(stdout.match(/^[ \d]\d │ end/gm)).to.have.length(10);
    expect(stderr.match(/^[ \d]\d │ aside/gm)).to.have.length(14);
    const folder = join(place.folder, 'logs');
    expect(await readdir(folder)).to.have.length(12);
    const log = async (index: number) =>
      (await readFile(join(folder, `${index}.log`), 'utf8')).split('\n').sort();
    expect(await log(3)).to.deep.equal(['', 'aside', 'aside', 'begin 3 of 12', 'begin 3 of 12']);
    expect(await log(11)).to.deep.equal(['', 'aside', 'begin 11 of 12', 'end 11', 'x'.repeat(LONG_LINE)]);
    expect(await services()).to.deep.equal([]);
  });

  heavy(() => {
    /** Starts the job that ends by itself only after a long time, and waits until all of it runs. */
    async function longJob(words: string) {
      const child = place.start('job:long', ...words.split(' '));
      const said = Promise.all([text(child.stdout), text(child.stderr)]);
      const [, count = 0] = /completions (\d+)/.exec(words) ?? [];
      const tasks = await until('all of it to run', async () => {
        const found = await running();
        return found.filter(({ state }) => state === 'running').length === Number(count) && found;
      });
      return { child, said, tasks };
    }

    /** By name of their service. */
    async function running() {
      const found = (await services()).map(async (name) =>
        (await place.running(name)).map((task) => ({ name, ...task })),
      );
      return (await Promise.all(found)).flat();
    }

    async function ended(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): Promise<void> {
      child.kill(signal);
      await once(child, 'close');
    }

    it('ends with the first that fails, unless it is to keep going', async () => {
      const { status, stdout } = await job('--completions 12 --at-once 2');
      expect(status).to.equal(1);
      expect(stdout)
        .to.match(/^3 +5 +1 /m)
        .and.match(/^11 +– +0 +was not run$/m);
      expect(await services()).to.deep.equal([]);
    });

    it('leaves nothing behind Ctrl-C', async () => {
      const { child } = await longJob('--completions 3');
      await ended(child, 'SIGINT');
      expect(await services()).to.deep.equal([]);
    });

    it('removes what a killed one has left', async () => {
      const { child } = await longJob('--completions 2');
      await ended(child, 'SIGKILL');
      expect(await services()).to.have.length(2);
      expect((await place.task('job:batch')).status).to.equal(0);
      expect(await services()).to.deep.equal([]);
    });

    it('says what others did to it: a container killed, a node drained, a service removed', async () => {
      const { manager, hosts } = place.swarm;
      const { child, said, tasks } = await longJob('--completions 3 --keep-going');
      const [killed, drained, removed] = tasks.sort((one, other) => (one.node < other.node ? -1 : 1));
      const host = hosts.find(({ name }) => name === killed?.node);
      await host?.run(['sh', '-c', 'docker kill $(docker ps -q --filter name=batches-batch)']);
      await manager.run(['docker', 'service', 'rm', removed?.name ?? '']);
      await manager.run(['docker', 'node', 'update', '--availability', 'drain', drained?.node ?? '']);
      await once(child, 'close');
      await manager.run(['docker', 'node', 'update', '--availability', 'active', drained?.node ?? '']);
      const [stdout] = await said;
      expect(stdout).to.match(/^\d +137 +1 .*ended with exit status 137$/m);
      expect(stdout).to.match(/^\d +(137|143|–) +1 .*was ended by the swarm, since node\d drains$/m);
      expect(stdout).to.match(/^\d +– +1 .*was removed from the swarm by somebody else$/m);
      expect(child.exitCode).to.equal(1);
    });

    it('prints a line that the docker CLI takes, and what it leaves to this program', async () => {
      const { stdout, status } = await job('--completions 2 --dry-run');
      expect(status).to.equal(0);
      const line = stdout.split('\n').find((one) => one.includes(' service create ')) ?? '';
      expect(line).to.include('--restart-condition=none').and.include('--env=JOB_INDEX=0');
      expect(stdout).to.include('# and the same for JOB_INDEX=1 to 1, 2 at a time');
      expect(await services()).to.deep.equal([]);
    });

    // The last one: the node stays away.
    it('loses what runs on a node that goes, and runs it again where it may', async () => {
      const { child, tasks } = await longJob('--completions 3 --retries 1');
      const { node } = tasks.find(({ node }) => node !== 'node1') ?? {};
      const host = place.swarm.hosts.find(({ name }) => name === node);
      await loseNetwork(host);
      await until('it to run elsewhere', async () =>
        (await running()).some(({ name, state }) => /-\d-2$/.test(name) && state === 'running'),
      );
      await ended(child, 'SIGINT');
      expect(await services()).to.deep.equal([]);
    });
  });
});
