import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { folderContext } from '../../../../lib/build/context/folder.js';
import { followLinks } from '../../../../lib/build/context/follow-links.js';
import { withAdditions } from '../../../../lib/build/context/overlay.js';
import { walk } from '../../../../lib/build/context/walk.js';
import { parsePattern } from '../../../../lib/ignore/pattern.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { plant } from '../../../oracle/dockerignore/plant.js';
import { onPosix } from '../../../platform.js';

describe('walk of a folder', () => {
  let root: string;
  const at = (name: string) => path.join(root, name);
  const names = (include?: string[]) =>
    Array.from(
      walk(folderContext(root), { include: include?.map((text) => parsePattern(text)!) }),
      (entry) => entry.path,
    );

  beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), 'walk-'))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it('goes in the byte order of names, a folder before what is in it', () => {
    plant(root, ['a/b', 'a.b', 'a-b', 'B', '\ue000', '😀', 'ä', 'z']);
    expect(names()).to.deep.equal(['B', 'a', 'a/b', 'a-b', 'a.b', 'z', 'ä', '\ue000', '😀']);
  });

  it('gives the wanted paths, and the folders that lead to them', () => {
    plant(root, ['src/a/one.py', 'src/b/two.py', 'other/x', 'src/b/two.txt']);
    expect(names(['src/*/two.*'])).to.deep.equal(['src', 'src/b', 'src/b/two.py', 'src/b/two.txt']);
    expect(names(['src/a'])).to.deep.equal(['src', 'src/a', 'src/a/one.py']);
  });

  onPosix('modes', it)('describes sizes, modes, times and links as they are', () => {
    plant(root, ['file', 'dir/']);
    fs.chmodSync(at('file'), 0o4751);
    execFileSync('touch', ['-d', '1969-12-31 23:59:58.5 UTC', at('file')]);
    fs.symlinkSync('over/there', at('link'));
    const entries = new Map([...walk(folderContext(root))].map((entry) => [entry.path, entry]));
    expect(entries.get('file')).to.include({ size: 4, mode: 0o104751, mtimeNs: -1_500_000_000n });
    expect(entries.get('dir')).to.include({ size: 0, mode: 0o040755 });
    expect(entries.get('link')).to.include({ size: 0, linkname: 'over/there' });
  });

  it('sends the content of a file with several names once, with the first that is wanted', () => {
    plant(root, ['a', 'd']);
    fs.linkSync(at('a'), at('b'));
    fs.linkSync(at('a'), at('c'));
    const links = (exclude: string[]) =>
      Array.from(
        walk(folderContext(root), { exclude: exclude.map((text) => parsePattern(text)!) }),
        ({ path, linkname }) => (linkname === undefined ? path : `${path} -> ${linkname}`),
      );
    expect(links([])).to.deep.equal(['a', 'b -> a', 'c -> a', 'd']);
    expect(links(['a'])).to.deep.equal(['b', 'c -> b', 'd']);
  });

  it('leaves out what vanishes while it is looked at', () => {
    plant(root, ['a', 'b', 'c']);
    const seen: string[] = [];
    for (const entry of walk(folderContext(root))) {
      seen.push(entry.path);
      fs.rmSync(at('b'), { force: true });
    }
    expect(seen).to.deep.equal(['a', 'c']);
  });

  it('tells of a file that changes, shrinks or vanishes while it is read', () => {
    for (const change of [
      () => fs.appendFileSync(at('file'), 'x'),
      () => fs.truncateSync(at('file'), 1),
      () => fs.rmSync(at('file')),
      () => fs.utimesSync(at('file'), 1, 1),
    ]) {
      plant(root, ['file']);
      const source = folderContext(root);
      const entry = source.lookup('file')!;
      change();
      expect(() => [...source.content(entry)])
        .to.throw(UserError, /^file changed while it was being sent/)
        .with.property('code', 'CONTEXT_CHANGED');
    }
  });

  onPosix('names', it)('refuses a name that is not UTF-8', () => {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]), '');
    expect(() => names()).to.throw(UserError, /not UTF-8/);
  });

  onPosix('names', it)(
    'refuses a link to what is not UTF-8, and takes one whose target has U+FFFD itself',
    () => {
      fs.symlinkSync('real\ufffd', at('good'));
      expect(folderContext(root).lookup('good')?.linkname).to.equal('real\ufffd');
      fs.symlinkSync(Buffer.from([0x61, 0xff]), at('odd'));
      expect(() => names()).to.throw(
        UserError,
        /^What the link "odd" leads to in the build context is not UTF-8/,
      );
    },
  );

  it('shows additions under another name, unless that is there', () => {
    plant(root, ['pip.conf.template', 'a', 'z']);
    const source = withAdditions(folderContext(root), new Map([['pip.conf', 'pip.conf.template']]));
    const entries = [...walk(source)];
    expect(entries.map((entry) => entry.path)).to.deep.equal(['a', 'pip.conf', 'pip.conf.template', 'z']);
    expect(Buffer.concat([...source.content(entries[1]!)]).toString()).to.equal('pip.conf.template');
    fs.writeFileSync(at('pip.conf'), 'own');
    const own = source.lookup('pip.conf')!;
    expect(Buffer.concat([...source.content(own)]).toString()).to.equal('own');
  });

  it('follows symbolic links as COPY needs them, never out of the context', () => {
    plant(root, ['real/deep/file', 'other/x']);
    fs.symlinkSync('real', at('one'));
    fs.symlinkSync('../../../real/deep', at('other/two'));
    fs.symlinkSync('/real/deep/file', at('three'));
    fs.symlinkSync('self', at('self'));
    const source = folderContext(root);
    expect(followLinks(source, ['one/deep'])).to.deep.equal(['one', 'real/deep']);
    expect(followLinks(source, ['other/*'])).to.deep.equal(['other/*', 'real/deep']);
    expect(followLinks(source, ['three', 'self'])).to.deep.equal(['real/deep/file', 'self', 'three']);
    expect(followLinks(source, ['none/at/all'])).to.deep.equal(['none/at/all']);
    expect(followLinks(source, ['real', '.'])).to.deep.equal([]);
  });
});
