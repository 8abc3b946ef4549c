import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { cases, outermost } from '../../circle.js';
import { until } from '../../until.js';
import { gulp, gulpProgram, project, type TemporaryProject } from '../tasks/gulp.js';

const GROUP = 'gulp-dockerutils.project';

const image = (name: string, ...lines: string[]) => [`[${name}]`, 'prefix=False', ...lines, ''].join('\n');
const busybox = (name: string, ...lines: string[]) => image(name, 'name=busybox:latest', ...lines);

const RUN_CFG = [
  '[run_image]\nsynthetic_images=tests pages needs-broken needs-never waits long asks uses\n',
  // A database, what fills it, and a cache beside it: each is waited for in another way.
  image('db', 'name=postgres:15', 'ready=port 5432'),
  image('cache', 'name=redis:7', 'ready=log "Ready to accept connections"'),
  image(
    'fill',
    'name=postgres:15',
    'depends_on=db',
    `cmd=sh -c 'psql -h $DB_HOST -p $DB_PORT -U postgres -c "create table t as select 42 as a"'`,
  ),
  image(
    'tests',
    'name=postgres:15',
    'depends_on=fill:service_completed_successfully, cache',
    `cmd=sh -c 'psql -h db -U postgres -tAc "select a from t"; timeout 5 sh -c "exec 3<>/dev/tcp/cache/6379" ; echo $DB_PORT_5432 $CACHE_HOST $CACHE_PORT'`,
  ),
  // Nothing but a server is in this image.
  '[web]\nready=http 80 /ok\n',
  busybox('checked', 'ready=healthy', 'cmd=sleep 600', 'args=--health-cmd true --health-interval 1s'),
  busybox('pages', 'depends_on=web, checked:service_healthy', 'cmd=wget -qO - http://web/ok'),
  busybox('broken', `cmd=sh -c 'echo first; echo the disk is full >&2; exit 7'`, 'ready=port 80'),
  busybox('slow', 'cmd=sleep 600', 'stop_timeout=1'),
  busybox('never', 'cmd=sleep 600', 'ready=port 80', 'ready_timeout=1s', 'stop_timeout=0'),
  busybox('needs-broken', 'depends_on=slow, broken', 'cmd=echo ran'),
  busybox('needs-never', 'depends_on=never', 'cmd=echo ran'),
  busybox('waits', 'depends_on=slow never-ready', 'cmd=echo ran'),
  busybox('never-ready', 'cmd=sleep 600', 'ready=log "never written"', 'stop_timeout=1'),
  busybox('long', 'depends_on=slow', `cmd=sh -c 'echo at it; sleep 600'`),
  busybox(
    'names',
    `cmd=sh -c 'echo $NAME > /tmp/name; exec httpd -f -p 80 -h /tmp'`,
    'ready=http 80 /name',
    'environment=-e NAME=$WHO',
  ),
  busybox(
    'asks',
    'depends_on=names',
    `cmd=sh -c 'wget -qO - http://names/name; read line'`,
    'interactive=-i',
  ),
  busybox(
    'stays',
    `cmd=sh -c 'cat /proc/sys/kernel/random/uuid > /tmp/id; exec httpd -f -p 80 -h /tmp'`,
    'ready=port 80',
    'reuse=True',
    'environment=-e LEVEL=$LEVEL',
  ),
  busybox('uses', 'depends_on=stays', 'cmd=wget -qO - http://stays/id'),
].join('\n');

const FILES = {
  'docker/web/Dockerfile':
    'FROM busybox:latest AS from\nFROM scratch\nCOPY --from=from /bin/busybox /httpd\nCOPY ok /www/\nCMD ["/httpd", "-f", "-p", "80", "-h", "/www"]\n',
  'docker/run.cfg': RUN_CFG,
  ok: 'served\n',
};

for (const name of [
  ...cases(['20-overlay2', '28-containerd'] as const),
  ...outermost(['podman-4', 'podman-5'] as const),
]) {
  describe(`services beside a run, ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let made: TemporaryProject;
    const user = `services-${process.pid}`;
    const env = () => ({ ...engine.env, LOGNAME: user, WHO: 'me', LEVEL: '1' });
    const run = (...args: string[]) => gulp(made.folder, [...args, '--silent'], { env: env() });

    /** Names of the sections that containers of this project are of, and networks. */
    const left = async () => {
      const filters = JSON.stringify({ label: [`${GROUP}=shop/${user}`] });
      const list = () => engine.docker.listContainers({ all: true, filters });
      // podman refuses it where a container of another test is removed meanwhile.
      const containers = await list().catch(list);
      const networks = await engine.docker.listNetworks({ filters });
      return [
        ...containers.map(({ Labels }) => Labels['gulp-dockerutils.image'] ?? 'probe'),
        ...networks.map(({ Name }) => Name),
      ];
    };
    const start = (task: string, variables: NodeJS.ProcessEnv = {}) =>
      spawn(process.execPath, [gulpProgram, task, '--silent'], {
        cwd: made.folder,
        env: { ...env(), ...variables },
        stdio: 'pipe',
      });
    const running = (service: string) =>
      until(`${service} to run`, async () => (await left()).includes(service));

    before(async function () {
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest', 'postgres:15', 'redis:7']);
      made = await project(FILES, 'shop');
      const { status, stderr } = await run('build:web');
      expect(status, stderr).to.equal(0);
    });
    afterEach(async () => expect(await left()).to.deep.equal([]));
    after(async () => {
      await engine?.docker.getImage(`shop-web:${user}`).remove({ force: true });
      await made?.[Symbol.asyncDispose]();
    });

    it('are a database, its migration and a cache: ready in their order, found by name, gone behind it', async () => {
      const { status, stdout, stderr } = await run('run:tests', '--logs');
      expect(status, stderr).to.equal(0);
      expect(stdout).to.equal('42\n5432 cache 6379\n');
      expect(stderr).not.to.include('│');
    });

    it('need no shell in their image, and may be healthy by a health check', async () => {
      const { status, stdout, stderr } = await run('run:pages');
      expect(status, stderr).to.equal(0);
      expect(stdout).to.equal('served\n');
    });

    it('fail the run at once where one ends, with its status and its last lines', async () => {
      const { status, stdout, stderr } = await run('run:needs-broken');
      expect(status).to.equal(1);
      expect(stdout).to.equal('');
      expect(stderr).to.match(
        /^broken ended with exit status 7 before it was ready; it wrote last:\n {2}(first\n {2}the disk is full|the disk is full\n {2}first)$/m,
      );
    });

    it('fail the run where one is not ready in time', async () => {
      const { status, stdout, stderr } = await run('run:needs-never');
      expect(status).to.equal(1);
      expect(stdout).to.equal('');
      expect(stderr).to.include('never was not ready within 1.0s (ready=port 80)');
    });

    it('are stopped by Ctrl-C while they come up, and while it runs', async () => {
      const coming = start('run:waits');
      await running('never-ready');
      coming.kill('SIGINT');
      expect(await ended(coming)).to.deep.equal([null, 'SIGINT']);
      expect(await left()).to.deep.equal([]);

      const up = start('run:long');
      await firstOutput(up);
      up.kill('SIGTERM');
      expect(await ended(up)).to.deep.equal([null, 'SIGTERM']);
    });

    it('that a killed process has left are removed by the next', async () => {
      const killed = start('run:waits');
      await running('never-ready');
      killed.kill('SIGKILL');
      await ended(killed);
      expect(await left()).to.include.members(['slow', 'never-ready']);
      expect((await run('run:needs-never')).status).to.equal(1);
    });

    it('are of each run its own: two at once do not meet', async () => {
      const [one, other] = [start('run:asks', { WHO: 'one' }), start('run:asks', { WHO: 'other' })];
      const said = [one, other].map((child) => firstOutput(child));
      expect(await Promise.all(said)).to.deep.equal(['one\n', 'other\n']);
      one.stdin.end('done\n');
      expect(await ended(one)).to.deep.equal([0, null]);
      other.stdin.end('done\n');
      expect(await ended(other)).to.deep.equal([0, null]);
    });

    it('run on where they are to be used again, until they are to be others', async () => {
      const first = await run('run:uses');
      const again = await run('run:uses');
      expect([first.status, again.status], first.stderr + again.stderr).to.deep.equal([0, 0]);
      expect(again.stdout).to.equal(first.stdout);
      const other = await gulp(made.folder, ['run:uses', '--silent'], { env: { ...env(), LEVEL: '2' } });
      expect(other.status, other.stderr).to.equal(0);
      expect(other.stdout).not.to.equal(first.stdout);
      const filters = JSON.stringify({ label: [`${GROUP}=shop/${user}`] });
      const containers = await engine.docker.listContainers({ filters });
      expect(containers.map(({ Names }) => Names[0])).to.deep.equal([`/${user}_shop_stays`]);
      for (const { Id } of containers) await engine.docker.getContainer(Id).remove({ force: true, v: true });
      for (const { Id } of await engine.docker.listNetworks({ filters }))
        await engine.docker.getNetwork(Id).remove();
    });
  });
}

/** Rejects where there is none, with why. */
async function firstOutput({ stdout, stderr }: ChildProcessWithoutNullStreams): Promise<string> {
  const complaint = text(stderr);
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) return String(chunk);
  throw new Error(`no output: ${await complaint}`);
}

async function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode === null && child.signalCode === null
    ? await once(child, 'exit')
    : [child.exitCode, child.signalCode];
}
