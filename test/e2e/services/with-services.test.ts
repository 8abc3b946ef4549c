import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { bed, type BedEngine, isPodman } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { gulp, gulpProgram, project, type TemporaryProject } from '../tasks/gulp.js';

const busybox = (name: string, ...lines: string[]) =>
  [`[${name}]`, 'prefix=False', 'name=busybox:latest', ...lines, ''].join('\n');

const FILES = {
  'docker/run.cfg': [
    '[run_image]\nsynthetic_images=web tests\n',
    busybox(
      'web',
      `cmd=sh -c 'trap "exit 0" TERM; echo serving; echo served > /tmp/page; httpd -f -p 8080 -h /tmp & wait'`,
      'ready=port 8080',
    ),
    busybox('tests', `cmd=sh -c 'echo tested; exit 4'`, 'interactive='),
  ].join('\n'),
  'gulpfile.mjs': `import gulp from 'gulp';
import { dockerTasks } from 'gulp-dockerutils';
const { run, withServices } = dockerTasks();
async function page() {
  const { WEB_HOST, WEB_PORT, WEB_PORT_8080 } = process.env;
  const answer = await fetch(\`http://\${WEB_HOST}:\${WEB_PORT}/page\`, { headers: { connection: 'close' } });
  process.stdout.write((WEB_PORT === WEB_PORT_8080) + ' ' + await answer.text());
}
async function after() {
  process.stdout.write(String(process.env.WEB_HOST) + '\\n');
}
function long() {
  process.stdout.write('at it\\n');
  return new Promise(() => setInterval(() => undefined, 1000));
}
export const fetched = gulp.series(withServices('web', page), after);
export const tested = withServices(['web'], gulp.series(run('tests')));
export const endless = withServices(['web'], long);
`,
};

const user = `with-services-${process.pid}`;

for (const name of cases(['podman-4', 'podman-5', '20-overlay2', '28-containerd'] as const)) {
  describe(`services around a task of gulp, ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let made: TemporaryProject;
    const env = () => ({ ...engine.env, LOGNAME: user });
    const run = (...words: string[]) => gulp(made.folder, [...words, '--silent'], { env: env() });

    before(async function () {
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      made = await project(FILES, 'shop');
    });
    afterEach(async () => {
      const filters = JSON.stringify({ label: [`gulp-dockerutils.project=shop/${user}`] });
      expect(await engine.docker.listContainers({ all: true, filters })).to.deep.equal([]);
      expect(await engine.docker.listNetworks({ filters })).to.deep.equal([]);
    });
    after(() => made?.[Symbol.asyncDispose]());

    // Podman has a network of its own in the test bed, in which its loopback address is, too.
    if (!isPodman(name))
      it('are reached by a function of the gulpfile where its environment says, and are gone behind it', async () => {
        const { status, stdout, stderr } = await run('fetched');
        expect(status, stderr).to.equal(0);
        expect(stdout).to.equal('true served\nundefined\n');
      });

    it('are stopped when the task fails, with its exit status, and show what they have written', async () => {
      const { status, stdout, stderr } = await gulp(made.folder, ['tested'], { env: env() });
      expect(status, stderr).to.equal(4);
      expect(stdout).to.include('tested\n');
      expect(stderr).to.include('web │ serving');
    });

    it('are stopped by Ctrl-C', async () => {
      const child = spawn(process.execPath, [gulpProgram, 'endless', '--silent'], {
        cwd: made.folder,
        env: env(),
        stdio: 'pipe',
      });
      await firstOutput(child);
      child.kill('SIGINT');
      expect(await once(child, 'exit')).to.deep.equal([null, 'SIGINT']);
    });
  });
}

async function firstOutput({ stdout }: ChildProcessWithoutNullStreams): Promise<void> {
  for await (const _ of stdout.iterator({ destroyOnReturn: false })) return;
}
