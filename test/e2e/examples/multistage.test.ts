import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { heavy } from '../../circle.js';
import { type OpenExample, openExample } from './example.js';

heavy(() => {
  describe('examples/multistage', () => {
    let example: OpenExample;
    before(async function () {
      example = await openExample(this, 'multistage', { engine: '28-containerd' });
    });
    after(() => example?.close());

    const repositories = async () => {
      const images = await example.engine.docker.listImages();
      const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []);
      return tags.filter((tag) => tag.startsWith('multistage-')).map((tag) => tag.split(':')[0]);
    };
    const inside = (image: string, command: string) =>
      example.gulp(`run:${image}`, '--silent', '--command', command);

    it('builds the builder stage and the image, and runs it', async () => {
      const { status, stdout, stderr } = await example.gulp('demo', '--silent');
      expect(status, stderr).to.equal(0);
      expect(stdout).to.equal('MCMXCIX\n');
      expect(await repositories()).to.have.members(['multistage-app', 'multistage-app-builder']);
    });

    it('leaves sources and wheels in the builder stage, which can be run', async () => {
      expect((await inside('workshop', 'ls /build /wheels')).stdout)
        .to.include('tests')
        .and.include('spell-0.1.0-py3-none-any.whl');
      expect((await inside('app', 'ls -d /build /wheels')).stderr)
        .to.include("'/build': No such file")
        .and.include("'/wheels'");
    });

    it('keeps the image that there is when the builder stage fails', async () => {
      await appendFile(
        join(example.folder, 'src/spell/__init__.py'),
        '\n\ndef roman(number):\n    return "?"\n',
      );
      const { status, stderr } = await example.gulp('build:app');
      expect(status).to.equal(1);
      expect(stderr).to.include("AssertionError: '?' != 'MCMXCIV'");
      expect((await inside('app', 'spell 4')).stdout).to.equal('IV\n');
    });

    it('removes both images', async () => {
      const { status, stderr } = await example.gulp('clean:app');
      expect(status, stderr).to.equal(0);
      expect(await repositories()).to.deep.equal([]);
    });
  });
});
