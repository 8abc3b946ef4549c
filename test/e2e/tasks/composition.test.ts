import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { until } from '../../until.js';
import { gulp, gulpProgram, project, type TemporaryProject } from './gulp.js';

const BUSYBOX = 'prefix=False\nname=busybox\ntag=latest\ninteractive=\n';

const FILES = {
  watched: '',
  'docker/slow/Dockerfile': 'FROM busybox:latest\nRUN echo it builds && sleep 60\n',
  'docker/run.cfg': `[run_image]
synthetic_images=failing, flaky, waiting, reading, talking
[failing]
${BUSYBOX}cmd=sh -c "exit 9"
[flaky]
${BUSYBOX}volumes=-v {project_root}:/project
cmd=sh -c "test -e /project/again || { touch /project/again; exit 9; }"
[waiting]
${BUSYBOX}cmd=sh -c "trap 'exit 143' TERM; trap 'echo alarmed; exit 0' ALRM; trap 'echo real; exit 0' 40; echo ready; while :; do sleep 0.1; done"
[reading]
prefix=False
name=busybox
tag=latest
interactive=-i
cmd=true
[talking]
${BUSYBOX}cmd=sh -c "while :; do echo line; usleep 10000; done"
`,
  'gulpfile.mjs': `import gulp from 'gulp';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';
gulp.registry(new DockerRegistry());
const { build, run } = dockerTasks();
const behind = (task) => async () => {
  try { await task(); } finally { console.log('cleaning'); await sleep(300); console.log('clean'); }
};
export async function retry() {
  for (;;) try { return await run('flaky')(); } catch { console.log('once more'); }
}
export async function another() {
  try { await run('failing')(); } catch { throw new Error('quite another'); }
}
export const cause = gulp.parallel(run('waiting'), gulp.series(() => sleep(1000), run('failing')));
export const many = gulp.parallel(Array.from({ length: 12 }, () => run('failing')));
export async function ask() {
  await run('reading')();
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  console.log('hello', await terminal.question('name? '));
  terminal.close();
}
export const building = behind(build('slow'));
export const running = behind(run('waiting'));
export const watching = () => { gulp.watch('watched', { ignoreInitial: false }, run('waiting')); };
export async function forgotten() { run('failing'); }
export async function unseries() { gulp.series(run('failing', { dryRun: true }), build('slow', { dryRun: true })); }
export async function unpiped() { dockerTasks().buildImage('slow'); }
export async function unlocked() { dockerTasks().lockedDown('slow', { host: 'h' }); }
export async function called() {
  await run('failing', { dryRun: true })();
  const composed = gulp.parallel(run('failing', { dryRun: true }), build('slow', { dryRun: true }));
  await new Promise((resolve, reject) => composed((error) => (error ? reject(error) : resolve())));
}
export const first = build('slow', { noCache: true });
export const second = build('slow', { pull: true });
`,
};

describe('tasks in a gulpfile', () => {
  let engine: BedEngine;
  let made: TemporaryProject;
  before(async function () {
    this.timeout(600_000);
    engine = await bed.orSkip(this, () => bed.engine('28-containerd'));
    await bed.baseImages(engine.docker, ['busybox:latest']);
    made = await project(FILES, `composed-${process.pid}`);
  });
  after(() => made?.[Symbol.asyncDispose]());

  const env = () => ({ ...engine.env, LOGNAME: `composer-${process.pid}` });
  const run = (...args: string[]) => gulp(made.folder, args, { env: env() });

  /** Starts gulp, and does something when it has said a word. */
  async function whenSaid(task: string, word: string, act: (child: ChildProcess) => void) {
    const child = spawn(process.execPath, [gulpProgram, task], { cwd: made.folder, env: env() });
    let output = '';
    let acted = false;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (acted || !output.includes(word)) return;
        acted = true;
        act(child);
      });
    const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
    return { status, signal, output };
  }

  /** Containers of this project that are there. */
  async function left(): Promise<string[]> {
    const filters = { name: [`composer-${process.pid}`] };
    const containers = await engine.docker.listContainers({ all: true, filters });
    return containers.flatMap(({ Names }) => Names);
  }

  it('have the names of their exports, two of one image as well', async () => {
    const { stdout } = await run('--tasks-simple');
    expect(stdout.split('\n')).to.include.members(['first', 'second', 'build:slow']);
    const { stdout: planned } = await run('first', 'second', '--dry-run', '--series');
    expect(planned)
      .to.match(/--no-cache/)
      .and.to.match(/--pull/);
  });

  it('give no exit status where the gulpfile has caught their failure', async () => {
    const { status, stdout } = await run('retry');
    expect(stdout).to.include('once more');
    expect(status).to.equal(0);
  });

  it('give no exit status where the gulpfile fails by something else', async () => {
    expect(await run('another')).to.have.property('status', 1);
  });

  it('that a function makes and nobody runs are no success', async () => {
    const ends = (name: string) => run(name).then(({ status, stderr }) => [status, stderr]);
    for (const [name, made] of [
      ['forgotten', 'run:failing was made'],
      ['unseries', 'run:failing, build:slow were made'],
      ['unpiped', "buildImage('slow') was made"],
      ['unlocked', 'locked-down:slow was made'],
    ] as const)
      expect(await ends(name), name).to.deep.equal([
        1,
        `${made} by a function of the gulpfile and never run: call ${/were/.test(made) ? 'them' : 'it'} there, as in await build('app')(), ` +
          `pipe into what buildImage() made, or make ${/were/.test(made) ? 'them' : 'it'} only where that happens.\n`,
      ]);
    expect(await ends('called')).to.deep.equal([0, '']);
  });

  it('show the first cause where others are stopped for it', async () => {
    const { status, stdout, stderr } = await run('cause');
    expect(status).to.equal(9);
    expect(stdout + stderr).to.match(/'run:failing' errored.*\n.*failing ended with exit status 9/);
    expect(stdout + stderr).not.to.include('waiting ended');
    expect(await left()).to.deep.equal([]);
  });

  it('run side by side, a dozen of them, without a warning', async () => {
    const { status, stdout, stderr } = await run('many');
    expect(status).to.equal(9);
    expect(stdout + stderr).not.to.match(/warning/i);
  });

  it('leave standard input to what comes after them', async () => {
    const { status, output } = await whenSaid('ask', 'name? ', ({ stdin }) => stdin?.end('Ada\n'));
    expect(output).to.include('hello Ada');
    expect(status).to.equal(0);
  });

  for (const [task, word, signal] of [
    ['building', 'it builds\n', 'SIGINT'],
    ['running', 'ready\n', 'SIGTERM'],
  ] as const)
    it(`fail by ${signal} while ${task}, the gulpfile cleans up, and then the process ends by it`, async () => {
      const ended = await whenSaid(task, word, (child) => child.kill(signal));
      expect(ended.output).to.match(/^clean$/m);
      expect(ended.signal, ended.output).to.equal(signal);
      expect(await left()).to.deep.equal([]);
    });

  it('end at once by a second signal', async () => {
    const ended = await whenSaid('building', 'it builds\n', (child) => {
      child.kill('SIGINT');
      child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('cleaning')) child.kill('SIGINT');
      });
    });
    expect(ended.signal).to.equal('SIGINT');
    expect(ended.output).not.to.match(/^clean$/m);
  });

  it('end a watching gulp by SIGTERM, and none starts again', async () => {
    const ended = await whenSaid('watching', 'ready\n', (child) => child.kill('SIGTERM'));
    expect(ended.signal, ended.output).to.equal('SIGTERM');
    expect(ended.output.match(/Starting 'run:waiting'/g)).to.have.lengthOf(1);
    expect(await left()).to.deep.equal([]);
  });

  for (const [signal, said] of [
    ['SIGALRM', 'alarmed'],
    [40, 'real'],
  ] as const)
    it(`pass ${signal} on to the container`, async () => {
      const { status, output } = await whenSaid('run:waiting', 'ready\n', ({ pid }) => {
        if (pid !== undefined) process.kill(pid, signal);
      });
      expect(output).to.include(said);
      expect(status, output).to.equal(0);
    });

  for (const flags of [[], ['--silent']])
    it(`end where output cannot be written, in one sentence${flags.length > 0 ? ', though silent' : ''}`, async () => {
      const errors = join(made.folder, 'errors');
      const child = spawn(process.execPath, [gulpProgram, 'run:talking', ...flags], {
        cwd: made.folder,
        env: env(),
        stdio: ['ignore', openSync('/dev/full', 'w'), openSync(errors, 'w')],
      });
      const [status] = (await once(child, 'close')) as [number | null];
      const told = readFileSync(errors, 'utf8');
      expect(status, told).to.equal(1);
      expect(told)
        .to.match(/Standard output takes no more \(ENOSPC\)/)
        .and.not.to.match(/^\s+at /m);
      await until('the end of its containers', async () => (await left()).length === 0);
    });
});
