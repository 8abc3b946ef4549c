import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { type Ended, gulp, project, type TemporaryProject } from './gulp.js';

const GULPFILE = `import { src } from 'gulp';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { dockerTasks } from 'gulp-dockerutils';

const { buildImage, run, clean } = dockerTasks();
const each = (change) => new Transform({
  objectMode: true,
  transform(file, _, done) {
    try { done(null, change(file)); } catch (error) { done(error); }
  },
});
const files = () => src('src/**', { encoding: false });

export const make = () =>
  files()
    .pipe(each((file) => Object.assign(file, { contents: Buffer.from(String(file.contents).toUpperCase()) })))
    .pipe(buildImage('app'))
    .pipe(each((file) => (console.log('made ' + file.relative + ' ' + file.image.reference), file)));
export const broken = () =>
  pipeline(files(), each(() => { throw new Error('not minified'); }), buildImage('app'));
export const stuck = () => {
  setInterval(() => {}, 1000); // As something that watches: with nothing to wait for, the task would say that it has come to a halt.
  const unending = each((file) => file);
  files().on('data', (file) => unending.write(file));
  return unending.pipe(buildImage('app'));
};
export const slow = () => files().pipe(buildImage('slow'));
export const unknown = () => files().pipe(buildImage('ap'));
export { run, clean };
`;

const FILES = {
  'docker/low/Dockerfile': 'FROM busybox:latest\nRUN echo low > /low\n',
  'docker/app/Dockerfile': 'ARG LOW_IMAGE\nFROM ${LOW_IMAGE}\nCOPY . /site/\nCMD cat /low /site/a.txt\n',
  'docker/slow/Dockerfile': 'FROM busybox:latest\nCOPY . /site/\nRUN echo at it && sleep 60\n',
  'docker/run.cfg': '[app]\nbuild_args=--label maker=test\n',
  'src/a.txt': 'quiet\n',
  'not-in-the-pipeline': '',
  'gulpfile.mjs': `${GULPFILE}`,
};

describe('a gulp pipeline as the context of a build', () => {
  let engine: BedEngine;
  let made: TemporaryProject;
  const environment = () => ({ ...engine.env, LOGNAME: 'piper' });
  const run = (...args: string[]): Promise<Ended> => gulp(made.folder, args, { env: environment() });
  before(async function () {
    this.timeout(600_000);
    engine = await bed.orSkip(this, () => bed.engine('28-containerd'));
    await bed.baseImages(engine.docker, ['busybox:latest']);
    made = await project(FILES, 'piped');
  });
  after(async () => {
    const names = ['low', 'app'].map((name) => `piped-${name}:piper`);
    for (const name of names)
      await engine.docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined);
    await made[Symbol.asyncDispose]();
  });

  it('prints the command of a dry run, and builds nothing', async () => {
    const { status, stdout, stderr } = await run('make', '--dry-run', '--force-base', '--silent');
    expect(status, stderr).to.equal(0);
    const [low, app] = stdout.split('\n');
    expect(low).to.match(
      /^docker build -f \S+\/docker\/low\/Dockerfile -t piped-low:\S+ (?:.* )?\S+\/piped$/,
    );
    expect(app).to.match(
      /^docker build -f docker\/app\/Dockerfile -t piped-app:\S+ (?:.* )?--label maker=test -$/,
    );
    expect(stdout).not.to.include('made');
  });

  it('says that a base is missing, and builds it with --force-base', async () => {
    const missing = await run('make');
    expect(missing.status).to.equal(1);
    expect(missing.stderr + missing.stdout)
      .to.include('piped-low')
      .and.not.to.match(/^\s+at /m);

    const { status, stdout, stderr } = await run('make', '--force-base');
    expect(status, stderr).to.equal(0);
    expect(stdout).to.match(/^made app\.json piped-app:/m);
    expect(stderr).to.match(/^docker build -f docker\/app\/Dockerfile .* -$/m);
  });

  it('holds what the pipeline made, and nothing else, with the labels of its section', async () => {
    const image = 'piped-app:piper';
    const { Config } = await engine.docker.getImage(image).inspect();
    expect(Config.Labels).to.include({ maker: 'test' });
    const container = await engine.docker.createContainer({
      Image: image,
      Cmd: ['sh', '-c', 'cat /low /site/a.txt; ls /site | cat'],
      Tty: true,
    });
    try {
      const stream = await container.attach({ stream: true, stdout: true });
      let output = '';
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await container.start();
      await container.wait();
      expect(output.replaceAll('\r', '')).to.equal('low\nQUIET\na.txt\ndocker\n');
    } finally {
      await container.remove({ force: true });
    }
  });

  it('ends with the failure of a step before it', async () => {
    const { status, stdout, stderr } = await run('broken');
    expect(status).to.equal(1);
    expect(stdout + stderr).to.include('not minified');
  });

  it('refuses an unknown image', async () => {
    const { status, stderr, stdout } = await run('unknown');
    expect(status).to.equal(1);
    expect(stdout + stderr).to.match(/unknown image "ap" \(did you mean "app"\?\)/);
  });

  for (const [task, sign, when] of [
    ['stuck', /docker build/, 'while it waits for files'],
    ['slow', /at it\n/, 'while it builds'],
  ] as const) {
    it(`ends by the signal that interrupts it ${when}`, async function () {
      this.timeout(600_000);
      const program = join(made.folder, 'node_modules/gulp/bin/gulp.js');
      const child = spawn(process.execPath, [program, task], { cwd: made.folder, env: environment() });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (!child.killed && sign.test(output)) child.kill('SIGINT');
        });
      const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect({ status, signal }, output).to.deep.equal({ status: null, signal: 'SIGINT' });
    });
  }
});
