import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { packInto } from '../packed.js';

const execute = promisify(execFile);

describe('the package, installed from its tarball in an empty project', () => {
  let folder: string;
  let tarball: string;
  const run = (command: string, ...args: string[]) => execute(command, args, { cwd: folder });
  const node = (...args: string[]) => run(process.execPath, ...args);
  const gulp = (...args: string[]) => node('node_modules/gulp/bin/gulp.js', ...args);
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);

  before(async function () {
    this.timeout(600_000);
    folder = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-pack-'));
    tarball = await packInto(folder);
    write('package.json', '{ "private": true }');
    await run('npm', 'install', '--no-audit', '--no-fund', tarball, 'gulp@5', 'tsx@4');
    mkdirSync(join(folder, 'docker/dev'), { recursive: true });
    write('docker/dev/Dockerfile', 'FROM busybox\n');
    write('docker/run.cfg', '[dev]\ncmd=sh -c "a; b"\nenvironment=-e DB_PASSWORD=hunter2\n');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is well made, as publint and are-the-types-wrong see it', async () => {
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'package.json'), '{ "private": true }');
    const install = ['install', '--no-audit', '--no-fund', 'publint@0.3', '@arethetypeswrong/cli@0.18'];
    await execute('npm', install, { cwd: tools });
    const bin = (name: string) => join(tools, 'node_modules/.bin', name);
    await run(bin('publint'), 'run', tarball, '--strict');
    await run(bin('attw'), tarball, '--profile', 'esm-only');
  });

  it('has what it links to, and no generators', () => {
    const packed = join(folder, 'node_modules/gulp-dockerutils');
    const files = readdirSync(packed, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /^(docs|test|lib|bench)\b.*\.ts$/.test(file))).to.deep.equal([]);
    for (const page of files.filter((file) => /^(docs\/)?[\w-]+\.md$/.test(file))) {
      const text = readFileSync(join(packed, page), 'utf8');
      for (const [, link = ''] of text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g))
        expect(existsSync(join(packed, dirname(page), link)), `${page} links to ${link}`).to.equal(true);
    }
  });

  it('works from ESM', async () => {
    write('esm.mjs', "import { dockerTasks } from 'gulp-dockerutils';\nconsole.log(dockerTasks().images);\n");
    expect((await node('esm.mjs')).stdout).to.equal("[ 'dev' ]\n");
  });

  it('works from CommonJS', async () => {
    write(
      'cjs.cjs',
      "const { dockerTasks } = require('gulp-dockerutils');\nconsole.log(dockerTasks().images);\n",
    );
    expect((await node('--no-warnings', 'cjs.cjs')).stdout).to.equal("[ 'dev' ]\n");
  });

  it('has the reading of docker run and service create flags as exports of their own', async () => {
    write(
      'flags.mjs',
      "import { parseRun } from 'gulp-dockerutils/run-flags';\nconsole.log(parseRun({ flags: ['-it'], image: 'busybox' }).body.Tty);\n",
    );
    expect((await node('flags.mjs')).stdout).to.equal('true\n');
    write(
      'service.mjs',
      "import { parseService } from 'gulp-dockerutils/service-flags';\nconsole.log(parseService({ flags: ['--replicas=2'], image: 'busybox' }).spec.Mode);\n",
    );
    expect((await node('service.mjs')).stdout).to.equal('{ Replicated: { Replicas: 2 } }\n');
  });

  for (const [gulpfile, text] of Object.entries({
    'gulpfile.mjs':
      "import gulp from 'gulp';\nimport { DockerRegistry } from 'gulp-dockerutils';\ngulp.registry(new DockerRegistry());\n",
    'gulpfile.cjs':
      "const gulp = require('gulp');\nconst { DockerRegistry } = require('gulp-dockerutils');\ngulp.registry(new DockerRegistry());\n",
  })) {
    it(`gives a ${gulpfile} of three lines its tasks`, async () => {
      write(gulpfile, text);
      const { stdout } = await gulp('--gulpfile', gulpfile, '--tasks-simple');
      expect(stdout.trim().split('\n')).to.include.members([
        'genversion',
        'build',
        'build:dev',
        'run:dev',
        'clean:dev',
      ]);
      await rm(join(folder, gulpfile));
    });
  }

  it('works from a gulpfile.ts, type-checked by its declarations', async () => {
    write(
      'gulpfile.ts',
      `import gulp from 'gulp';
import { DockerRegistry, dockerTasks, type BuildOptions } from 'gulp-dockerutils';
gulp.registry(new DockerRegistry());
const options: BuildOptions = { tag: 'typed' };
const { build, run } = dockerTasks();
export const all = gulp.series(build('dev', options), run('dev'));
`,
    );
    write('gulpfile.cjs', "require('tsx/cjs');\nmodule.exports = require('./gulpfile.ts');\n");
    expect((await gulp('--tasks-simple')).stdout.split('\n')).to.include.members(['build:dev', 'all']);
    const { stdout } = await gulp('all', '--dry-run', '--silent');
    expect(stdout).to.match(
      /^docker build .*-t \S+-dev:typed .*\ndocker run .* -e 'DB_PASSWORD=\*\*\*' .* sh -c 'a; b'\n$|^docker build .*-t \S+-dev:typed .*\ndocker run .* -e DB_PASSWORD=\*\*\* .* sh -c 'a; b'\n$/,
    );
  });

  it('has the original command names', async () => {
    const bin = (name: string) => join('node_modules', '.bin', name);
    expect((await node(bin('build-image'), '-t', 'x', '--dry-run', 'dev')).stdout).to.match(
      /^docker build .*-dev:x /,
    );
    expect((await node(bin('run-image'), '-gnn4', '-c', 'ls -l', '--dry-run', 'dev')).stdout).to.match(
      /^docker run .*--network n4 .*--runtime=nvidia .* ls -l\n$/,
    );
    expect(
      (await node(bin('publish-image'), '--to', 'localhost:5/a', '-t', '1', '--dry-run', 'dev')).stdout,
    ).to.match(/^docker tag \S+ localhost:5\/a:1\ndocker push localhost:5\/a:1\n$/);
    expect((await node(bin('genversion'), '--dry-run')).stderr).to.match(/version 0\+unknown/);
    for (const name of ['build-image', 'run-image', 'publish-image', 'genversion', 'transfer-image']) {
      expect((await node(bin(name), '--help')).stdout).to.match(new RegExp(`^Usage: ${name} `));
    }
  });

  it('refuses a command line that makes no sense in one line, with status 2', async () => {
    const failure = await node('node_modules/.bin/run-image', '--nonsense').catch(
      (error: unknown) => error as { code: number; stderr: string },
    );
    expect(failure).to.have.property('code', 2);
    expect(failure.stderr).to.match(/^There is no flag --nonsense of run-image.* See run-image --help\.\n$/);
  });
});
