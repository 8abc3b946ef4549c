import { expect } from 'chai';
import type { DockerTasks } from '../../../tasks/index.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';
import { type GulpRun, type GulpRunOptions, inGulp } from '../in-gulp.js';

const FILES = {
  'docker/app/Dockerfile': 'FROM scratch AS app\n',
  'docker/base/Dockerfile': 'FROM scratch\n',
  'docker/run.cfg': '[app]\nvolumes=-v /own:/own\n',
};

type Gulp = typeof import('gulp');

describe('the command line of gulp', () => {
  let root: string;
  before(() => (root = makeProject(FILES, 'proj')));
  after(removeProjects);

  const run = (tasks: string, flags: string[], more: Partial<GulpRunOptions> = {}): Promise<GulpRun> => {
    const names = tasks.split(' ');
    return inGulp({ root, tasks: names, argv: [...names, ...flags], ...more });
  };
  const prints = async (tasks: string, ...flags: string[]) => {
    const { stdout, error } = await run(tasks, [...flags, '--dry-run']);
    expect(error?.message).to.equal(undefined);
    return stdout;
  };
  const refuses = async (tasks: string, ...flags: string[]) => {
    const { stdout, error } = await run(tasks, flags);
    expect(stdout).to.equal('');
    expect(error).to.include({ name: 'UserError' });
    return error!.message;
  };

  describe('understands', () => {
    it('a tag for run, as build has it', async () => {
      const lines = await prints('build:app run:app', '--tag', 't2');
      expect(lines)
        .to.match(/docker build .*-t proj-app:t2/)
        .and.to.match(/docker run .* proj-app:t2\n/);
    });

    it('a tag for publish beside build: what was built is what is published', async () => {
      expect(await prints('build:app publish:app', '--tag', 't2', '--to', 'r.example/app')).to.include(
        'docker tag proj-app:t2 r.example/app:t2\ndocker push r.example/app:t2\n',
      );
      expect(await prints('publish:app', '--tag', 't2', '--to', 'r.example/app')).to.include(
        'docker tag proj-app:ada r.example/app:t2\n',
      );
    });

    it('a host for run, clean, images and build', async () => {
      for (const task of ['run:app', 'clean', 'clean:app', 'build:app', 'build'])
        expect(await prints(task, '--host', 'alpha'), task).to.match(/^docker -H ssh:\/\/alpha /m);
      expect(await prints('images', '--host', 'alpha')).to.include('docker -H ssh://alpha image inspect ');
    });

    it('volumes and ports for run, behind those of the section', async () => {
      expect(
        await prints('run:app', '--volume', '/a:/b', '--publish', '1:2', '--volume', '/c:/d'),
      ).to.include('-v /own:/own -v /a:/b -v /c:/d -p 1:2 ');
    });

    it('a flag that has a value for one task, and none for another', async () => {
      for (const flags of [['--logs'], ['--logs=true'], []])
        expect(await prints('run:app', ...flags)).to.match(/^docker run /);
      expect(await refuses('run:app', '--logs', 'folder')).to.include('--logs takes no value');
      expect(await refuses('job:app', '--logs', '--dry-run')).to.include('--logs needs a value');
    });

    it('flags of docker build', async () => {
      const flags = [
        '--build-arg',
        'A=1',
        '--platform',
        'linux/arm64',
        '--target',
        'app',
        '--progress',
        'plain',
      ];
      expect(await prints('build:app', ...flags, '--build-args', '--network "host"')).to.include(
        '--build-arg A=1 --target app --platform linux/arm64 --progress plain --network host ',
      );
    });

    it("gulp's own flags, and those that the gulpfile declares", async () => {
      expect(await prints('run:app', '--silent', '-LL', '--no-color', '--continue')).to.include('docker run');
      const { error } = await run('run:app', ['--mine', '--port', '80', '--dry-run'], {
        flags: ['mine', '--port'],
      });
      expect(error).to.equal(undefined);
    });
  });

  describe('refuses before anything is done', () => {
    const sentences: [tasks: string, flags: string, sentence: RegExp][] = [
      ['run:app', '-e A=1', /no flag -e of run:app \(did you mean "--env"\?\)/],
      ['run:app', '-p 1:2', /did you mean "--publish"/],
      ['run:app', '--cap-add X', /docker run's --cap-add goes into args= .* or into --args "--cap-add …"/],
      ['run:app', '--mount x', /goes into volumes=/],
      ['run:app', '--command ls -l', /quote the whole value: --command "… -l …"/],
      ['build:app', '-t x', /did you mean "--tag"/],
      [
        'build:app',
        '--no-cache-filter x',
        /docker build's --no-cache-filter goes into build_args=.*--build-args "/,
      ],
      ['build:app', '--force', /did you mean "--force-base"/],
      ['build:app', '-n', /no flag -n of build:app \(did you mean "--dry-run"\?\)/],
      ['build:app', '--no-cahce', /did you mean "--no-cache"/],
      ['build:app', '--command x', /no flag --command of build:app; it is one of run, live, exec\./],
      ['clean', '--json', /no flag --json of clean; it is one of /],
      ['build:app', '--tag', /--tag needs a value/],
      ['build:app', '--tag --dry-run', /--tag needs a value/],
      ['build:app', '--pull=maybe', /--pull takes no value, and was given maybe/],
      ['build:app', '--tag a --tag b', /--tag is given more than once/],
      ['build:app', '--pull run:app', /gulp takes run:app for the value of --pull, and runs no such task/],
      ['run:app', '--interactive -it build:app', /gulp takes build:app for the value of -it/],
      ['run:app', '--keep --interactive=-it', /--keep runs in the background.*leave out one of them/],
      ['clean transfer:app', '--command x --mermaid', /no flag --command[^]*no flag --mermaid/],
    ];
    for (const [tasks, flags, sentence] of sentences) {
      it(`${tasks} ${flags}`, async () => {
        expect(await refuses(tasks, ...flags.split(' '))).to.match(sentence);
      });
    }

    it('a word that gulp takes for a value, where it sees no task at all', async () => {
      const { error } = await run('default', [], { argv: ['--pull', 'build:base'] });
      expect(error?.message).to.include('gulp takes build:base for the value of --pull');
      const unknown = await run('default', [], { argv: ['--bogus', 'build:base'] });
      expect(unknown.error?.message).to.include('gulp takes build:base for the value of --bogus');
    });

    it('shows no secret and no escape sequence of a word', async () => {
      expect(await refuses('run:app', '--password=hunter2')).not.to.include('hunter2');
      expect(await refuses('run:app', '--\u001b[31m')).not.to.include('\u001b');
    });
  });

  describe('of a composition', () => {
    const ran: string[] = [];
    const gulpfile = (gulp: Gulp, { build, buildImage, run }: DockerTasks) => ({
      ci: gulp.series(lint, build('app'), 'run:app'),
      // A function of the gulpfile that is called as a task of ours would be.
      images: gulp.series(
        Object.assign(() => lint(), { displayName: 'run:app' }),
        build('app'),
      ),
      pinned: run('app', { command: 'own' }),
      own: async () => {
        await run('app')();
        await build('app')();
      },
      pipeline: gulp.series(function pipe(done: () => void) {
        buildImage('app').end(done);
      }, run('app')),
    });
    async function lint(): Promise<void> {
      ran.push('lint');
      await Promise.resolve();
    }
    beforeEach(() => ran.splice(0));

    it('is all that its tasks take', async () => {
      const { stdout } = await run('ci', ['--network', 'n', '--pull', '--dry-run'], { gulpfile });
      expect(stdout).to.include('docker build').and.to.include('--pull').and.to.include('--network n');
      expect(ran).to.deep.equal(['lint']);
    });

    it('is judged before its first function runs', async () => {
      const { error } = await run('ci', ['--mermaid'], { gulpfile });
      expect(error?.message).to.include('no flag --mermaid of build:app, run:app; it is one of graph');
      expect(ran).to.deep.equal([]);
    });

    it('tells a function of the gulpfile from a task of ours that has its name', async () => {
      const { error } = await run('images', ['--command', 'x'], { gulpfile });
      expect(error?.message).to.include('no flag --command of build:app;');
    });

    it('is judged task by task where a function calls them', async () => {
      const right = await run('own', ['--tag', 'x', '--command', 'ls', '--dry-run'], { gulpfile });
      expect(right.stdout).to.include('docker run').and.to.include('docker build');
      const wrong = await run('own', ['--pull', '--dry-run'], { gulpfile });
      expect(wrong.error?.message).to.match(
        /no flag --pull of run:app; it is one of build: tasks that gulp.series/,
      );
      expect(wrong.stdout).to.equal('');
    });

    it('knows that a pipeline may build', async () => {
      const { stdout, error } = await run('pipeline', ['--pull', '--dry-run'], { gulpfile });
      expect(error).to.equal(undefined);
      expect(stdout).to.match(/docker build .*--pull/);
    });

    it('says that what the gulpfile sets wins', async () => {
      const { stdout } = await run('pinned', ['--command', 'other', '--dry-run'], { gulpfile });
      expect(stdout).to.match(/ own\n/);
    });

    it('leaves --host to transfer where images are built for it', async () => {
      const both = (gulp: Gulp, { build, transfer }: DockerTasks) => ({
        send: gulp.series(build('app'), transfer('app')),
      });
      const { stdout } = await run('send', ['--host', 'unix:///nonexistent.sock', '--dry-run'], {
        gulpfile: both,
      });
      expect(stdout).to.match(/^docker build /m);
    });
  });
});
