import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InTheWay, staysInside, UnpackedTree } from '../../../lib/system/unpacked-tree.js';
import { onPosix } from '../../platform.js';

describe('a tree that is unpacked', () => {
  let folder: string;
  let tree: UnpackedTree;
  const attributes = { mode: 0o640, modified: new Date('2020-01-02T03:04:05Z') };
  async function* text(content: string) {
    await Promise.resolve();
    yield Buffer.from(content);
  }
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tree-'));
    tree = new UnpackedTree(join(folder, 'made/here'));
    mkdirSync(join(folder, 'outside'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const at = (path: string) => join(folder, 'made/here', path);

  onPosix('modes', it)('has files with their rights and times, in folders with theirs', async () => {
    await tree.folder('a', { ...attributes, mode: 0o500 });
    await tree.file('a/b/c', attributes, text('new'));
    await tree.hardLink('d', 'a/b/c');
    await tree.link('e', 'a');
    await tree.finish();
    expect([readFileSync(at('a/b/c'), 'utf8'), readFileSync(at('d'), 'utf8')]).to.eql(['new', 'new']);
    const { mode, mtime } = lstatSync(at('a/b/c'));
    expect([mode & 0o7777, mtime]).to.eql([0o640, attributes.modified]);
    const { mode: ofFolder, mtime: time } = lstatSync(at('a'));
    expect([ofFolder & 0o7777, time]).to.eql([0o500, attributes.modified]);
    expect(readlinkSync(at('e'))).to.equal('a');
  });

  it('keeps what it is not given, and replaces what it is, without writing through links', async () => {
    writeFileSync(join(folder, 'outside/secret'), 'kept');
    mkdirSync(at(''), { recursive: true });
    writeFileSync(at('older'), 'older');
    symlinkSync(join(folder, 'outside/secret'), at('report'));
    await tree.file('report', attributes, text('new'));
    expect(readdirSync(at('')).sort()).to.eql(['older', 'report']);
    expect(lstatSync(at('report')).isFile()).to.equal(true);
    expect(readFileSync(join(folder, 'outside/secret'), 'utf8')).to.equal('kept');
  });

  for (const when of ['before', 'given'])
    it(`goes through no link that was ${when === 'before' ? 'there before' : 'among its files'}`, async () => {
      if (when === 'given') await tree.link('out', join(folder, 'outside'));
      else {
        mkdirSync(at(''), { recursive: true });
        symlinkSync(join(folder, 'outside'), at('out'));
      }
      expect(await failure(tree.file('out/file', attributes, text('')))).to.be.instanceOf(InTheWay);
      expect(await failure(tree.folder('out/folder', attributes))).to.be.instanceOf(InTheWay);
      expect(await failure(tree.folder('out', attributes))).to.be.instanceOf(InTheWay);
      expect(await failure(tree.hardLink('mine', 'out/file'))).to.be.instanceOf(InTheWay);
      expect(readdirSync(join(folder, 'outside'))).to.eql([]);
    });

  it('puts no file in the place of a folder, and leaves nothing half-written', async () => {
    await tree.folder('a', attributes);
    expect(await failure(tree.file('a', attributes, text('')))).to.be.instanceOf(InTheWay);
    async function* breaking() {
      yield* text('half');
      throw new Error('broke off');
    }
    expect(await failure(tree.file('b', attributes, breaking()))).to.be.instanceOf(Error);
    expect(readdirSync(at(''))).to.eql(['a']);
  });

  it('tells links that stay inside from those that do not', () => {
    const all: [path: string, target: string, stays: boolean][] = [
      ['a', 'b', true],
      ['a/b', '../c', true],
      ['a/b', './c/d', true],
      ['a/b', '../../c', false],
      ['a', '/etc', false],
      ['a', '..', false],
      ['a', 'b/../../c', false],
      ['a', 'b/../c', false],
      ['a/b/c', '../..', true],
      ['a', 'C:\\b', false],
    ];
    for (const [path, target, stays] of all)
      expect([target, staysInside(path, target)]).to.eql([target, stays]);
  });
});
