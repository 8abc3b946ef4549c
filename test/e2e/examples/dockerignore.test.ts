import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { heavy } from '../../circle.js';
import { type OpenExample, openExample } from './example.js';

/** What lies about in a project that is worked on, and git ignores. */
const LITTER = {
  '.env': 'PASSWORD=hunter2\n',
  'src/worker/.env': 'PASSWORD=hunter2\n',
  'src/site/key.pem': 'secret\n',
  'src/site/node_modules/left-pad/index.js': 'module.exports = 1;\n',
  'debug.log': 'x\n',
  'docs/debug.log': 'x\n',
  'data/raw/visits.bin': Buffer.alloc(20 << 20, 'visit'),
  'build/site.css': 'p {}\n',
};

heavy(() => {
  describe('examples/dockerignore', () => {
    let example: OpenExample;
    before(async function () {
      example = await openExample(this, 'dockerignore', { engine: '28-containerd' });
      for (const [path, content] of Object.entries(LITTER)) {
        await mkdir(dirname(join(example.folder, path)), { recursive: true });
        await writeFile(join(example.folder, path), content);
      }
    });
    after(() => example?.close());

    const files = async (image: string) => {
      const { status, stdout, stderr } = await example.gulp(`run:${image}`, '--silent');
      expect(status, stderr).to.equal(0);
      return stdout
        .trim()
        .split('\n')
        .map((path) => path.replace('./', ''));
    };

    it('builds both images, small ones from a large folder', async () => {
      const { status, stderr } = await example.gulp('build');
      expect(status, stderr).to.equal(0);
      const { docker } = example.engine;
      for (const image of (await docker.listImages()).filter(({ RepoTags }) =>
        RepoTags?.[0]?.startsWith('dockerignore-'),
      ))
        expect(image.Size).to.be.lessThan(LITTER['data/raw/visits.bin'].length);
    });

    it('has in one image all but what the root’s file names', async () => {
      expect(await files('site')).to.have.members([
        '.gitignore',
        'README.md',
        'data/sample.csv',
        'docs/changes.log',
        'gulpfile.js',
        'package.json',
        'src/site/index.html',
        'src/worker/README.md',
        'src/worker/count.sh',
      ]);
    });

    it('has in the other nothing but what its own file names', async () => {
      expect(await files('worker')).to.have.members(['data/sample.csv', 'src/worker/count.sh']);
    });
  });
});
