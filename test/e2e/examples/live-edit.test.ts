import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { sshHome } from '../engine/ssh-home.js';
import { type OpenExample, openExample } from './example.js';

describe('examples/live-edit', () => {
  let example: OpenExample;
  before(async function () {
    example = await openExample(this, 'live-edit', { engine: '28-containerd' });
  });
  after(() => example?.close());

  const edit = async (path: string, from: string, to: string) => {
    const file = join(example.folder, path);
    const text = await readFile(file, 'utf8');
    expect(text).to.include(from);
    await writeFile(file, text.replace(from, to));
  };

  it('builds an image without the project, and runs the tests of the mounted one', async () => {
    const { status, stdout, stderr } = await example.gulp('test');
    expect(status, stderr).to.equal(0);
    expect(stdout).to.include('3 passed');
    expect(example.asked).to.include('pytest');
  });

  it('has an empty working directory in the image', async () => {
    const { docker } = example.engine;
    const [image] = (await docker.listImages()).filter(({ RepoTags }) =>
      RepoTags?.some((tag) => tag.startsWith('live-edit-dev:')),
    );
    const container = await docker.createContainer({
      Image: image!.RepoTags![0],
      Entrypoint: ['sh', '-c', 'test -z "$(ls -A /project)"'],
    });
    await container.start();
    expect((await container.wait()).StatusCode).to.equal(0);
    await container.remove();
  });

  it('shows an edit that is made on the host in the shell that runs already', async () => {
    const shell = await example.terminal('run:shell');
    try {
      await shell.waitFor(/^root@.*#$/m);
      await shell.type('thermo 451\n');
      await shell.waitFor(/^451 °F = 232\.8 °C$/m);
      await edit('src/thermo/__init__.py', '5 / 9, 1)', '5 / 9, 3)');
      await shell.type('thermo 451\n');
      await shell.waitFor(/^451 °F = 232\.778 °C$/m);
      await shell.type('touch made-inside; exit\n');
      await shell.waitFor(/Finished 'run:shell'/);
      expect(await readFile(join(example.folder, 'made-inside'), 'utf8')).to.equal('');
    } finally {
      await shell.close();
    }
  });

  heavy(() => {
    it('runs the tests again at each save on a server that reaches nothing, and has their report here', async function () {
      this.timeout(600_000);
      const server = await bed.orSkip(this, () => bed.host({ engine: '28-containerd' }));
      const home = await sshHome(server);
      Object.assign(example.env, home.env);
      const host = ['--host', `root@${server.address}`];
      const report = () => readFile(join(example.folder, 'reports/junit.xml'), 'utf8').catch(() => '');
      const failures = (count: number) =>
        until(`a report of ${count} failures`, async () => (await report()).includes(` failures="${count}"`));
      try {
        for (const args of [['build:dev'], ['transfer:dev', ...host]]) {
          const { status, stderr } = await example.gulp(...args);
          expect(status, stderr).to.equal(0);
        }
        const live = await example.terminal('live:again', ...host);
        try {
          await live.waitFor(/3 passed/);
          await failures(0);
          await edit('src/thermo/__init__.py', '- 32', '- 31');
          await live.waitFor(/3 failed/);
          await failures(3);
          await edit('src/thermo/__init__.py', '- 31', '- 32');
          await failures(0);
          await live.keys('C-c');
          expect((await live.exit()).status).to.equal(130);
        } finally {
          await live.close();
        }
        const { docker } = server;
        // The engine may still be at it.
        await until('nothing to be left', async () => {
          const containers = await docker.listContainers({ all: true });
          return containers.length + (await docker.listVolumes()).Volumes.length === 0;
        });
      } finally {
        await home.remove();
        await server.stop();
      }
    });
  });

  it('builds nothing again for an edit, and fails as the tests do', async () => {
    await edit('src/thermo/__init__.py', '- 32', '- 30.5');
    const { status, stdout, stderr } = await example.gulp('test');
    expect(status).to.equal(1);
    expect(stdout).to.include('3 failed');
    expect(stderr).to.match(/pip install -r \/tmp\/requirements-dev\.txt {2}CACHED/);
  });
});
