import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../bed/free-port.js';
import { heavy } from '../../circle.js';
import { type OpenExample, openExample } from './example.js';

heavy(() => {
  describe('examples/notebook', () => {
    let example: OpenExample;
    let address: string;
    before(async function () {
      example = await openExample(this, 'notebook', { engine: '28-overlay2' });
      const runCfg = join(example.folder, 'docker/run.cfg');
      const port = await freePort();
      address = `http://127.0.0.1:${port}`;
      const text = await readFile(runCfg, 'utf8');
      await writeFile(runCfg, text.replace('127.0.0.1:8888:8888', `127.0.0.1:${port}:8888`));
    });
    after(() => example?.close());

    it('runs the model in the execution image, on data of the host that it cannot change', async () => {
      const { status, stdout, stderr } = await example.gulp('forecast', '--silent');
      expect(status, stderr).to.equal(0);
      expect(stdout).to.equal('next: 180\n');
      const write = await example.gulp('run:execution', '--command', 'touch data/x');
      expect(write.status).to.equal(1);
      expect(write.stderr).to.include('Read-only file system');
    });

    it('has no notebook in the execution image', async () => {
      const { status, stderr } = await example.gulp(
        ...['run:execution', '--command', 'python -c "import jupyterlab"'],
      );
      expect(status).to.equal(1);
      expect(stderr).to.include("No module named 'jupyterlab'");
    });

    it('serves notebooks of the host at the published port, with the code that is edited there', async () => {
      const terminal = await example.terminal('lab');
      try {
        await terminal.waitFor(/Jupyter Server is running/);
        const get = async (path: string) => (await fetch(`${address}/${path}`)).text();
        expect(await get('notebooks/explore.ipynb')).to.equal(
          await readFile(join(example.folder, 'notebooks/explore.ipynb'), 'utf8'),
        );
        expect(await get('run')).to.equal('180.0');
        await terminal.keys('C-c');
        await terminal.waitFor(/Shut down this Jupyter server/);
        await terminal.keys('C-c');
        await terminal.waitFor(/Shutting down\n.*Finished 'run:notebook'/);
      } finally {
        await terminal.close();
      }
    });

    it('sees an edit in the notebook image at once, in the execution image when it is built again', async () => {
      await writeFile(
        join(example.folder, 'src/forecast/__init__.py'),
        'def forecast(values):\n    return 0\n',
      );
      const command = ['--silent', '--command', 'python -m forecast data/visitors.csv'];
      expect((await example.gulp('run:notebook', ...command)).stdout).to.equal('next: 0\n');
      expect((await example.gulp('run:execution', ...command)).stdout).to.equal('next: 180\n');
      expect((await example.gulp('forecast', '--silent')).stdout).to.equal('next: 0\n');
    });
  });
});
