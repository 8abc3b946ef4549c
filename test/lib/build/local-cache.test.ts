import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { cachesToTake, noteWrittenCaches } from '../../../lib/build/local-cache.js';
import { userErrorOf } from '../project/projects.js';

describe('a build cache in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cache-'));
  const cache = { type: 'local', attributes: { dest: 'c', src: 'c' }, folder };
  const index = join(folder, 'index.json');
  afterEach(() => rmSync(index, { force: true }));
  after(() => rmSync(folder, { recursive: true }));

  it('is found by its tag', () => {
    noteWrittenCaches([cache], '{"digest":"sha256:1","size":5}');
    const [taken] = cachesToTake([cache], 'containerd', () => undefined);
    expect(taken?.attributes).to.deep.include({ digest: 'sha256:1' });
  });

  for (const text of ['', 'null', '[]', '{"manifests":[null]}', '{"manifests":[{"digest":5}]}'])
    it(`is refused where its index is ${JSON.stringify(text)}`, () => {
      writeFileSync(index, text);
      expect(userErrorOf(() => cachesToTake([cache], 'containerd', () => undefined)).message).to.contain(
        index,
      );
    });

  for (const manifest of ['', 'null', '5', '{}', '{"digest":5}', '{"digest":"sha256:1","annotations":5}'])
    it(`keeps its index where the engine says of what it wrote ${JSON.stringify(manifest)}`, () => {
      writeFileSync(index, '{"manifests":[]}');
      const { code } = userErrorOf(() => noteWrittenCaches([cache], manifest));
      expect(code).to.equal('BUILD_CACHE');
      expect(readFileSync(index, 'utf8')).to.equal('{"manifests":[]}');
    });
});
