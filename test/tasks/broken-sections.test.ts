import { expect } from 'chai';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import type { GulpRun } from './in-gulp.js';

// Awaited, so that mocha takes this file as a module, which shares its classes with those that tasks import later.
const { inGulp } = await import('./in-gulp.js');

const FILES = {
  'docker/base/Dockerfile': 'FROM busybox\n',
  'docker/app/Dockerfile': 'FROM base\nRUN true\n',
  'docker/other/Dockerfile': 'FROM busybox\n',
};

interface Broken {
  /** Of `[base]`. */
  line: string;
  files?: Record<string, string>;
  says: string;
  /** Which tasks it stops for its own image. */
  stops: ('build' | 'run' | 'config')[];
  /** Whether not even the image's name is known, so that nothing can be built from it. */
  nameless?: boolean;
}

const ALL: Broken['stops'] = ['build', 'run', 'config'];
const CFG = 'docker/run.cfg:2:';
const KINDS: Record<string, Broken> = {
  'a bad build flag': { line: 'build_args=--bogus', says: `${CFG} unknown flag: --bogus`, stops: ['build'] },
  'a word among the build flags': {
    line: 'build_args=word',
    says: `${CFG} "word" is no flag`,
    stops: ['build'],
  },
  'a variable that is not set': {
    line: 'build_args=--build-arg A=$NOT_SET_HERE',
    says: `${CFG} $NOT_SET_HERE is not set`,
    stops: ['build', 'config'],
    nameless: true,
  },
  'a stage that is not there': {
    line: 'build_args=--target nope',
    says: 'docker/base/Dockerfile:1: there is no stage nope',
    stops: ['build'],
  },
  'a Dockerfile that is not there': {
    line: 'build_args=-f nosuch',
    says: `${CFG} nosuch cannot be read (ENOENT)`,
    stops: ['build'],
  },
  'a Dockerfile without FROM': {
    line: '',
    files: { 'docker/base/Dockerfile': 'RUN true\n' },
    says: 'docker/base/Dockerfile:1: no FROM line',
    stops: ['build'],
  },
  'a bad run flag': { line: 'args=--bogus', says: `${CFG} unknown flag: --bogus`, stops: ['run'] },
  'a bad volume': { line: 'volumes=-v a:/b:nonsense', says: `${CFG} `, stops: ['run'] },
  'a network of two words': {
    line: 'network=a b',
    says: `${CFG} network= of [base]`,
    stops: ['run', 'config'],
  },
  'an unknown key': {
    line: 'buidl_args=x',
    says: `${CFG} unknown key "buidl_args"`,
    stops: ALL,
    nameless: true,
  },
  'a tag that no reference can hold': {
    line: 'tag=-x',
    says: `${CFG} "-x" is no image tag`,
    stops: ALL,
    nameless: true,
  },
  'a name of capitals': {
    line: 'name=UP',
    says: `${CFG} "proj-UP" is no image name`,
    stops: ALL,
    nameless: true,
  },
};

describe('a section that is wrong', function () {
  this.timeout(600_000);
  after(removeProjects);

  const run = (root: string, task: string, ...words: string[]): Promise<GulpRun> =>
    inGulp({
      root,
      tasks: [task],
      argv: [task, ...words],
      env: { PATH: process.env.PATH, USER: 'ada', HOME: '/nohome', DOCKER_HOST: 'unix:///nowhere.sock' },
    });

  for (const [kind, { line, files, says, stops, nameless = false }] of Object.entries(KINDS))
    it(`stops its own image and no other: ${kind}`, async () => {
      const root = makeProject({ ...FILES, ...files, 'docker/run.cfg': `[base]\n${line}\n` }, 'proj');
      const expectRun = async (isStopped: boolean, task: string, ...words: string[]) => {
        const { stdout, error } = await run(root, task, ...words);
        const label = `${task} ${words.join(' ')}: ${error?.message}`;
        if (isStopped)
          expect(error, label).to.include({ name: 'UserError' }).and.property('message').to.include(says);
        else expect(error, label).to.equal(undefined);
        return stdout;
      };
      const isBuild = stops.includes('build');
      for (const task of ['build:other', 'run:other', 'clean:other', 'publish:other'])
        await expectRun(
          false,
          task,
          '--dry-run',
          ...(task.startsWith('publish') ? ['--to=r.example/x'] : []),
        );
      await expectRun(isBuild, 'build:base', '--dry-run');
      await expectRun(stops.includes('run'), 'run:base', '--dry-run');
      await expectRun(nameless, 'clean', '--dry-run');
      await expectRun(nameless, 'build:app', '--dry-run');
      expect(await expectRun(isBuild, 'build', '--dry-run')).to.match(isBuild ? /^$/ : /docker build/);
      // The graph and the tables show what they can.
      expect(await expectRun(isBuild, 'graph'))
        .to.match(/base\n.*app/)
        .and.to.include('other');
      expect(await expectRun(false, 'images', '--dry-run')).to.include('proj-other:ada');
      expect(await expectRun(stops.includes('config'), 'config')).to.include('[other]');
      expect((await run(root, 'doctor')).stdout).to.include(says);
    });

  it('is told with all others, and with what can be built', async () => {
    const root = makeProject(
      { ...FILES, 'docker/run.cfg': '[base]\nbuild_args=--bogus\n[app]\nnmae=x\n' },
      'proj',
    );
    const { error } = await run(root, 'build', '--dry-run');
    expect(error?.message).to.equal(
      [
        'docker/run.cfg:4: unknown key "nmae" in [app] (did you mean "name"?)',
        'docker/run.cfg:2: unknown flag: --bogus',
        'Nothing is built. Of these, other can be built by name.',
      ].join('\n'),
    );
    expect((await run(root, 'clean', '--dry-run')).error?.message).to.equal(
      [
        'docker/run.cfg:4: unknown key "nmae" in [app] (did you mean "name"?)',
        'Nothing is removed. Of these, base, other can be removed by name.',
      ].join('\n'),
    );
  });

  it('is found before anything is built, and a circle stops nothing else', async () => {
    const root = makeProject(
      {
        ...FILES,
        'docker/base/Dockerfile': 'FROM app\n',
        'docker/zero/Dockerfile': 'FROM other\n',
      },
      'proj',
    );
    expect((await run(root, 'build:zero', '--force-base', '--dry-run')).error).to.equal(undefined);
    for (const task of ['build', 'build:app', 'graph'])
      expect((await run(root, task)).error?.message, task).to.match(
        /^images need each other in a circle: (app needs base|base needs app)/,
      );
  });
});
