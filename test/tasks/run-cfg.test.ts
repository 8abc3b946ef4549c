import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { makeProject, removeProjects } from '../lib/project/projects.js';

const repository = join(import.meta.dirname, '../..');
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
  const cwd = makeProject({ ...DOCKERFILES, 'docker/run.cfg': runConfig }, 'proj');
  const argv = ['--import', import.meta.resolve('tsx'), join(repository, 'bin', `${name}.ts`), ...args];
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const env = { ...environment, LOGNAME: 'ada', DOCKER_HOST: `unix://${join(cwd, 'none.sock')}` };
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd, env }, (error, stdout, stderr) =>
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

  it('a section that nothing uses is told once, by a command that needs another one', async () => {
    const { status, said } = await command('[leftover]\nA=1\n', 'build-image', ['all', '--dry-run']);
    expect(status, said).to.equal(0);
    expect(said.match(/docker\/run\.cfg:1: section \[leftover\] belongs to no image/g)).to.have.length(1);
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
});
