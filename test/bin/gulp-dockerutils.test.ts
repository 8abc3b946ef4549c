import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { ConfigJson, DoctorJson, GraphJson, TasksJson } from '../../tasks/index.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { startBin } from '../tasks/run-bin.js';

const NO_ENGINE = 'unix:///nowhere/docker.sock';

describe('gulp-dockerutils', () => {
  let root: string;
  before(() => {
    root = makeProject({
      'docker/base/Dockerfile': 'FROM alpine\n',
      'docker/app/Dockerfile': 'FROM base\n',
      'docker/run.cfg':
        '[run_image]\nsynthetic_images=shell\n[shell]\nname=app\n[app]\nenvironment=-e TOKEN=secret\n',
    });
  });
  after(removeProjects);

  async function run(...words: string[]) {
    const child = startBin(['gulp-dockerutils', ...words], root, NO_ENGINE);
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<[number | null]>((resolve) => child.once('close', (code) => resolve([code]))),
    ]);
    return { stdout, stderr, status };
  }

  /** The one line of JSON that stands on standard output. */
  async function json<Result>(...words: string[]) {
    const { stdout, stderr, status } = await run(...words, '--json');
    expect(stdout.trimEnd().split('\n'), stderr).to.have.length(1);
    return { value: JSON.parse(stdout) as Result, stderr, status };
  }

  it('names all tasks of a project', async () => {
    const { stdout, status } = await run();
    expect(status).to.equal(0);
    for (const name of ['build', 'build:app', 'run:shell', 'help:run'])
      expect(stdout).to.match(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).to.not.include('locked-down:base');
    const { value } = await json<TasksJson>();
    const { flags } = value.tasks.find(({ name }) => name === 'run:app') ?? { flags: [] };
    expect(flags).to.deep.include({
      flag: '--command',
      value: 'CMD',
      description: 'command to run in the container',
    });
  });

  it('refuses a task that is not there, with what may be meant', async () => {
    const { stderr, status } = await run('rnu:app');
    expect(status).to.equal(2);
    expect(stderr).to.include('(did you mean "run:app"?)');
    expect(await run('run:app', 'further')).to.have.property('status', 2);
  });

  it('carries out a task with its flags', async () => {
    const { stdout, status } = await run('run:app', '--command', 'ls -l', '--dry-run');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^docker run .* ls -l\n$/);
    expect((await run('run:app', '--help')).stdout).to.include('--command CMD');
  });

  it('graph --json says what needs what', async () => {
    const { value } = await json<GraphJson>('graph');
    expect(value.problems).to.deep.equal([]);
    expect(value.images.map(({ name, needs }) => [name, ...needs])).to.deep.equal([
      ['base'],
      ['app', 'base'],
    ]);
    expect(value.images[0]).to.not.have.property('built');
  });

  it('config --json says where values come from, without secrets', async () => {
    const { value } = await json<ConfigJson>('config:app');
    const environment = value.values.find(({ key }) => key === 'environment');
    expect(environment).to.include({ section: 'app', from: 'docker/run.cfg:6' });
    expect(environment?.value).to.match(/^-e .*TOKEN=\*\*\*/);
  });

  it('doctor --json prints what is wrong, too, and fails', async () => {
    const { value, status } = await json<DoctorJson>('doctor');
    expect(status).to.equal(1);
    expect(value.right).to.equal(false);
    expect(
      value.chapters.flatMap(({ findings }) => findings).some(({ state }) => state === 'wrong'),
    ).to.equal(true);
  });

  it('prints no JSON in a dry run, and the commands on standard error', async () => {
    const { stdout, stderr, status } = await run('images', '--json', '--dry-run');
    expect({ stdout, status }).to.deep.equal({ stdout: '', status: 0 });
    expect(stderr).to.include('docker image inspect');
  });
});
