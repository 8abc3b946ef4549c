import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { compiled } from '../program.js';

const DOCKERFILES = {
  'docker/base/Dockerfile': 'FROM busybox:latest\n',
  'docker/app/Dockerfile': 'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n',
  'docker/other/Dockerfile': 'FROM busybox:latest\n',
};

interface Ended {
  status: number | string | null | undefined;
  lines: string[];
  said: string;
}

/** Runs one of the original's commands, from the sources, in a project with this run.cfg. */
function command(runConfig: string, name: string, args: string[]): Promise<Ended> {
  return node(runConfig, [compiled(`bin/${name}.ts`), ...args]);
}

/** Carries out a task of a project with this run.cfg. */
function task(runConfig: string, name: 'graph' | 'doctor', options: object = {}): Promise<Ended> {
  return node(runConfig, [compiled('test/tasks/call-task.ts'), name, JSON.stringify(options)]);
}

function node(runConfig: string, words: string[]): Promise<Ended> {
  const cwd = makeProject({ ...DOCKERFILES, 'docker/run.cfg': runConfig }, 'proj');
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const env = {
    ...environment,
    LOGNAME: 'ada',
    DOCKER_HOST: `unix://${join(cwd, 'none.sock')}`,
    LANG: 'C.UTF-8',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd, env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, lines: stdout.split('\n').filter(Boolean), said: stderr }),
    );
  });
}

describe('run.cfg, as the commands take it', () => {
  after(removeProjects);

  for (const [args, pulls] of [
    [['base', '-f'], ['proj-base']],
    [['all', '-f'], ['proj-base']],
    [['app', '-f'], ['proj-base']],
    [['all'], []],
  ] as const) {
    it(`pull_FROM_on_force pulls ${pulls.join() || 'nothing'} with build-image ${args.join(' ')}`, async () => {
      const runConfig = '[base]\npull_FROM_on_force=True\n[other]\npull_FROM_on_force=False\n';
      const { status, lines, said } = await command(runConfig, 'build-image', [...args, '--dry-run']);
      expect(status, said).to.equal(0);
      const pulled = lines.filter((line) => line.includes(' --pull '));
      expect(pulled.map((line) => /-t ([^:]+):/.exec(line)?.[1])).to.deep.equal(pulls);
    });
  }

  it('--pull is told to pull nothing where all that is built is built from images of the project', async () => {
    const told = /--pull pulls nothing for app: it is built from base, which --force-base builds too/;
    expect((await command('', 'build-image', ['app', '-p', '--dry-run'])).said).to.match(told);
    for (const args of [
      ['app', '-pf'],
      ['all', '-p'],
      ['other', '-p'],
    ])
      expect((await command('', 'build-image', [...args, '--dry-run'])).said).to.not.match(told);
  });

  it('a section that nothing uses is told once, by a command that needs another one', async () => {
    const { status, said } = await command('[leftover]\nA=1\n', 'build-image', ['all', '--dry-run']);
    expect(status, said).to.equal(0);
    expect(said.match(/docker\/run\.cfg:1: section \[leftover\] belongs to no image/g)).to.have.length(1);
  });

  it('words that are too many, or too few, are named', async () => {
    for (const [args, found] of [
      [['app', 'base'], '"app", "base"'],
      [[], 'nothing'],
    ] as const) {
      const { status, said } = await command('', 'build-image', [...args]);
      expect(status).to.equal(2);
      expect(said).to.contain(`build-image takes <image|all|clean>, and was given ${found}.`);
    }
  });

  it('a slip in the name of a section ends every command', async () => {
    for (const name of ['build-image', 'run-image', 'publish-image']) {
      const { status, said, lines } = await command('[ap]\ntag=x\n', name, ['app', '--dry-run']);
      expect(status).to.equal(1);
      expect(said.trim()).to.equal('docker/run.cfg:1: unknown section [ap] (did you mean "app"?)');
      expect(lines).to.deep.equal([]);
    }
  });

  it('the GPUs of a section count without -g', async () => {
    const { lines } = await command('[app]\ngpu=--gpus 2\n', 'run-image', ['app', '--dry-run']);
    expect(lines[0]).to.include(' --gpus 2 proj-app:ada');
  });

  it('words of --command that need a shell are told, and how to give them to one', async () => {
    const args = ['app', '--dry-run', '--command'];
    const { said, lines } = await command('', 'run-image', [...args, 'cd x && ls']);
    expect(said).to.contain(
      "--command has &&, which means nothing without a shell: write sh -c 'cd x && ls'",
    );
    expect(lines).to.have.length(1);
    const right = await command('', 'run-image', [...args, "sh -c 'cd x && ls'"]);
    expect(right.said).to.equal('');
    expect(right.lines[0]).to.match(/ sh -c 'cd x && ls'$/);
  });

  describe('a wrong word in build_args', () => {
    const runConfig = '[base]\ntag=x\nbuild_args=--bogus\n';
    const sentence = 'docker/run.cfg:3: unknown flag: --bogus';

    it('is told by the build of that image, and of one that is built behind it', async () => {
      for (const args of [['base'], ['app', '-f'], ['all']]) {
        const { status, said, lines } = await command(runConfig, 'build-image', [...args, '--dry-run']);
        expect(status).to.not.equal(0);
        expect(said.trim().split('\n')[0]).to.equal(sentence);
        expect(lines).to.deep.equal([]);
      }
    });

    it('leaves the builds of others alone', async () => {
      const { status, said } = await command(runConfig, 'build-image', ['other', '--dry-run']);
      expect(status, said).to.equal(0);
    });

    it('leaves the graph of others whole, which ends with the sentence', async () => {
      const { status, said, lines } = await task(runConfig, 'graph', { dryRun: true });
      expect(said.trim()).to.equal(sentence);
      expect(status).to.equal(1);
      expect(lines.join('\n')).to.match(/base[^]*app[^]*other/);
    });

    it('is told by the doctor', async () => {
      const { lines } = await task(runConfig, 'doctor');
      expect(lines.filter((line) => line.includes('run.cfg')).map((line) => line.trim())).to.deep.equal([
        `✖ ${sentence}`,
      ]);
    });
  });

  it('the doctor does not say that a run.cfg is in order of which it warns', async () => {
    const { lines } = await task('[leftover]\nA=1\n', 'doctor');
    const told = lines.filter((line) => /run\.cfg|in order/.test(line)).map((line) => line.trim());
    expect(told).to.have.length(1);
    expect(told[0]).to.match(/^! docker\/run\.cfg:1: section \[leftover\]/);
  });

  it('the doctor tells what deploy and live would refuse of a section', async () => {
    const wrong = [
      ['replicas=three', 'replicas= takes a'],
      ['constraints=foo', 'foo'],
      ['update=wild', 'wild'],
      ['reserve=cpus=x', '"x"'],
      ['live_ignore=[a', 'begins a class of characters'],
      ['live_restart=../x/**', 'leads out of the project'],
    ];
    const names = wrong.map((_, at) => `s${at}`);
    const sections = wrong.map(([line], at) => `[${names[at]}]\nname=app\n${line}\n`);
    const { lines } = await task(
      `[run_image]\nsynthetic_images=${names.join(', ')}\n${sections.join('')}`,
      'doctor',
    );
    const told = lines.filter((line) => /run\.cfg/.test(line)).map((line) => line.trim());
    expect(told).to.have.length(wrong.length);
    for (const [at, [, reason]] of wrong.entries())
      expect(told[at])
        .to.match(new RegExp(`^✖ docker/run\\.cfg:${5 + 3 * at}: `))
        .and.include(reason);
  });
});
