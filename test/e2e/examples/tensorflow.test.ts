import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { type OpenExample, openExample } from './example.js';

heavy(() => {
  describe('examples/tensorflow', () => {
    let engine: BedEngine;
    let example: OpenExample;
    before(async function () {
      this.timeout(900_000);
      engine = await bed.orSkip(this, () => bed.engine('20-overlay2', { own: 'nvidia' }));
      example = await openExample(this, 'tensorflow', { engine });
    });
    after(async () => {
      await example?.close();
      await engine?.stop();
    });

    const model = async () => {
      const file = join(example.folder, 'models/model.json');
      const text = await readFile(file, 'utf8');
      await writeFile(file, '');
      return JSON.parse(text) as unknown;
    };

    it('trains in the environment for the CPU', async () => {
      const { status, stdout, stderr } = await example.gulp('train', '--silent');
      expect(status, stderr).to.equal(0);
      expect(stdout).to.equal('TensorFlow 2.16.1 from /cpu-env, 0 GPUs\nmean 3.0\n');
      expect(await model()).to.deep.equal({ mean: 3 });
    });

    it('has the NVIDIA libraries in the environment for the GPU alone', async () => {
      const imported = (environment: string) =>
        example.gulp(
          ...['run:train', '--env', `CPU_GPU_ENV=${environment}`],
          ...['--command', 'python -c "import nvidia.cuda_runtime"'],
        );
      expect((await imported('/cpu-env')).stderr).to.include("No module named 'nvidia'");
      expect((await imported('/gpu-env')).status).to.equal(0);
    });

    it('says what is missing where the engine knows of no GPU', async () => {
      const { status, stderr } = await example.gulp('run:train', '--gpu');
      expect(status).to.equal(125);
      expect(stderr)
        .to.match(/The engine has no NVIDIA GPU to offer; run without --gpu/)
        .and.not.match(/^\s+at /m);
    });

    it('trains in the environment for the GPU with --gpu', async () => {
      // A machine without a GPU can have a runtime of that name: runc under another one.
      const settings = join(dirname(engine.socket), 'daemon.json');
      const configuration = JSON.parse(await readFile(settings, 'utf8')) as object;
      await writeFile(settings, JSON.stringify({ ...configuration, runtimes: { nvidia: { path: 'runc' } } }));
      await engine.restart();
      const { status, stdout, stderr } = await example.gulp('run:train', '--gpu');
      expect(status, stderr).to.equal(0);
      expect(stderr).to.match(
        /^docker run .* --runtime=nvidia -e NVIDIA_VISIBLE_DEVICES=all -e CPU_GPU_ENV=\/gpu-env /m,
      );
      expect(stdout).to.include('TensorFlow 2.16.1 from /gpu-env, 1 GPUs\nmean 3.0\n');
      expect(await model()).to.deep.equal({ mean: 3 });
    });
  });
});
