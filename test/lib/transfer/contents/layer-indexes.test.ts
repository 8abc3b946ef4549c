import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { LayerIndex } from '../../../../lib/transfer/contents/layer-index.js';
import { LayerIndexes } from '../../../../lib/transfer/contents/layer-indexes.js';
import { onPosix } from '../../../platform.js';
import { diffId } from '../../oci/ids.js';
import { recordOf } from './records.js';

const [one, two] = [diffId('1'), diffId('2')];

const index: LayerIndex = {
  size: 2048,
  files: [{ path: 'a/\xff\n', size: 100, blocks: ['hash'] }],
  folders: ['a'],
  others: [],
  whiteouts: ['b'],
  opaque: [],
};

describe('what is remembered of layers', () => {
  let folder: string;
  const indexes = () => new LayerIndexes({ XDG_CACHE_HOME: folder });

  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'indexes-test-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('is there for later transfers', async () => {
    await indexes().put(one, await recordOf(index));
    expect(await indexes().get(one)).to.deep.equal(index);
    expect([...(await indexes().known([one, two]))]).to.deep.equal([one]);
    expect(await indexes().get(two)).to.equal(undefined);
  });

  it('is all that is there: what an earlier form held is gone', async () => {
    const parent = join(folder, 'gulp-dockerutils');
    await mkdir(join(parent, 'layers-3'), { recursive: true });
    await indexes().put(one, await recordOf(index));
    expect(await readdir(parent))
      .to.have.length(1)
      .and.not.include('layers-3');
  });

  onPosix('modes', it)('is readable by its user alone', async () => {
    const parent = join(folder, 'gulp-dockerutils');
    await indexes().put(one, await recordOf(index));
    const [where = ''] = await readdir(parent);
    const [name = ''] = await readdir(join(parent, where));
    const modes = await Promise.all([where, join(where, name)].map((path) => stat(join(parent, path))));
    expect(modes.map(({ mode }) => mode & 0o777)).to.deep.equal([0o700, 0o600]);
  });

  it('is what was used last, where it is too much', async () => {
    const record = await recordOf(index);
    const most = 10 * record.length;
    const ids = Array.from({ length: 30 }, (_, i) => diffId(i.toString(16)));
    for (const [i, id] of ids.entries()) {
      const here = new LayerIndexes({ XDG_CACHE_HOME: folder }, most);
      await here.put(id, record);
      // Times of files are no finer than some milliseconds everywhere.
      const path = join(folder, 'gulp-dockerutils', 'layers-4', `${id.replace(':', '-')}.json.gz`);
      await utimes(path, i + 1, i + 1);
    }
    const known = await new LayerIndexes({ XDG_CACHE_HOME: folder }, most).known(ids);
    expect(known.size).to.be.within(8, 10);
    expect([...known]).to.deep.equal(ids.slice(-known.size));
  });

  it('is bounded also where one transfer reads much', async () => {
    const record = await recordOf(index);
    const here = new LayerIndexes({ XDG_CACHE_HOME: folder }, 10 * record.length);
    for (let i = 0; i < 50; i++) await here.put(diffId(i.toString(16)), record);
    const names = await readdir(join(folder, 'gulp-dockerutils', 'layers-4'));
    expect(names.length).to.be.within(8, 10);
  });

  it('is nothing where a file is damaged', async () => {
    await indexes().put(one, await recordOf(index));
    const [where = ''] = await readdir(join(folder, 'gulp-dockerutils'));
    const [name = ''] = await readdir(join(folder, 'gulp-dockerutils', where));
    await writeFile(join(folder, 'gulp-dockerutils', where, name), 'damaged');
    expect(await indexes().get(one)).to.equal(undefined);
  });

  it('is nothing where its end is missing, or an entry is of no kind that is known', async () => {
    for (const lines of ['["d","a"]\n', '["x","a"]\n["end",1]\n', '["f","a",1,2]\n["end",1]\n', '{}\n']) {
      await indexes().put(one, gzipSync(lines));
      expect(await indexes().get(one), lines).to.equal(undefined);
    }
  });

  it('is remembered by this process alone where it cannot be written', async () => {
    await writeFile(join(folder, 'gulp-dockerutils'), 'in the way');
    const here = indexes();
    await here.put(one, await recordOf(index));
    expect(await here.get(one)).to.deep.equal(index);
    expect([...(await here.known([one]))]).to.deep.equal([one]);
    expect(await indexes().get(one)).to.equal(undefined);
    expect(here.unkept).to.match(
      /^what is in the layers is not kept .* cannot be written \((ENOTDIR|EEXIST)\)$/,
    );
  });
});
