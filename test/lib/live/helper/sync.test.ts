import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  chunkHead,
  fileEnd,
  fileOperation,
  folderOperation,
  linkOperation,
  listOperation,
  lookOperation,
  ownerOperation,
  readOperation,
  removalOperation,
} from '../../../../lib/live/sidecar/operations.js';
import { onLinux } from '../../../platform.js';
import { randomBytes } from '../../../seed.js';
import { type SyncProcess, syncProcess } from './helper-process.js';

const at = (path: string, root = 0) => ({ root, path });
const MTIME = 1_700_000_000_123_456_789n;
const file = (path: string, content: Buffer, { mode = 0o644, good = true, root = 0 } = {}) =>
  Buffer.concat([
    fileOperation(at(path, root), mode, MTIME),
    ...(content.length > 0 ? [chunkHead(content.length), content] : []),
    fileEnd(good),
  ]);
const own = ownerOperation({ user: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0 });

onLinux('programs', describe)('the program that keeps folders current', () => {
  let sync: SyncProcess;
  const there = (path: string, root = 0) => join(sync.roots[root] ?? '', path);

  beforeEach(async () => {
    sync = await syncProcess();
    await sync.run(own);
  });
  afterEach(async () => await sync?.[Symbol.asyncDispose]());

  it('writes files with their modes and times, in pieces of any size, and leaves nothing beside', async () => {
    const content = randomBytes(300_000);
    const pieces = [1, 65_535, 65_536, 65_537, 300_000 - 196_609].map((length, index, all) => {
      const begin = all.slice(0, index).reduce((sum, each) => sum + each, 0);
      return Buffer.concat([chunkHead(length), content.subarray(begin, begin + length)]);
    });
    const answers = await sync.run(
      folderOperation(at(''), 0o711),
      folderOperation(at('a'), 0o750),
      Buffer.concat([fileOperation(at('a/large'), 0o4750, MTIME), ...pieces, fileEnd(true)]),
      file('a/empty', Buffer.alloc(0)),
      file('other', Buffer.from('two'), { root: 1 }),
    );
    expect(answers).to.deep.equal([]);
    expect(await readFile(there('a/large'))).to.deep.equal(content);
    const stat = await lstat(there('a/large'), { bigint: true });
    expect([Number(stat.mode) & 0o7777, stat.mtimeNs]).to.deep.equal([0o4750, MTIME]);
    expect((await lstat(there('a'))).mode & 0o7777).to.equal(0o750);
    expect((await lstat(there(''))).mode & 0o7777).to.equal(0o711);
    expect(await readdir(there(''), { recursive: true })).to.have.members(['a', 'a/large', 'a/empty']);
    expect(await readFile(there('other', 1), 'utf8')).to.equal('two');
  });

  it('forgets a file that was not good, and keeps the one before', async () => {
    await sync.run(file('a', Buffer.from('old')));
    expect(await sync.run(file('a', Buffer.from('half'), { good: false }))).to.deep.equal([]);
    expect(await readFile(there('a'), 'utf8')).to.equal('old');
    expect(await readdir(there(''))).to.deep.equal(['a']);
  });

  it('makes links, takes away what it is told, and leaves a folder in which something is', async () => {
    await sync.run(
      folderOperation(at('f'), 0o755),
      file('f/x', Buffer.from('x')),
      linkOperation(at('l'), Buffer.from('f/x')),
    );
    await sync.run(linkOperation(at('l'), Buffer.from('elsewhere')));
    expect(await readlink(there('l'))).to.equal('elsewhere');
    await writeFile(there('f/theirs'), '');
    expect(
      await sync.run(...['f/x', 'f', 'l', 'gone', 'no/where'].map((path) => removalOperation(at(path)))),
    ).to.deep.equal([]);
    expect(await readdir(there(''), { recursive: true })).to.have.members(['f', 'f/theirs']);
  });

  it('follows no link, and says what it could not do', async () => {
    await mkdir(there('out', 1));
    await symlink(there('out', 1), there('in'));
    await mkdir(there('taken'));
    const answers = await sync.run(
      file('in/x', Buffer.from('x')),
      folderOperation(at('in'), 0o755),
      file('taken', Buffer.from('x')),
      file('no/where', Buffer.from('x')),
      file('good', Buffer.from('x')),
    );
    expect(answers).to.deep.equal([
      { kind: 'failure', errno: 20, at: at('in/x') },
      { kind: 'failure', errno: 20, at: at('in') },
      { kind: 'failure', errno: 21, at: at('taken') },
      { kind: 'failure', errno: 2, at: at('no/where') },
    ]);
    expect(await readdir(there('out', 1))).to.deep.equal([]);
    expect(await readdir(there(''))).to.have.members(['good', 'in', 'taken']);
  });

  it('tells what stands at a path', async () => {
    const contents = [0, 1, 55, 56, 63, 64, 65, 100_000].map((length) => randomBytes(length));
    await sync.run(...contents.map((content, index) => file(`f${index}`, content, { mode: 0o640 })));
    await sync.run(linkOperation(at('l'), Buffer.from('f0')), folderOperation(at('d'), 0o700));
    const digest = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
    const paths = [...contents.map((_, index) => `f${index}`), 'l', 'd', 'gone', 'gone/too'];
    expect(await sync.run(...paths.map((path) => lookOperation(at(path))))).to.deep.equal([
      ...contents.map((content) => ({ kind: 'sight', what: 'file', mode: 0o640, digest: digest(content) })),
      { kind: 'sight', what: 'link', mode: 0o777, digest: digest('f0') },
      { kind: 'sight', what: 'folder', mode: 0o700, digest: '0'.repeat(64) },
      { kind: 'sight', what: 'nothing', mode: 0, digest: '0'.repeat(64) },
      { kind: 'sight', what: 'nothing', mode: 0, digest: '0'.repeat(64) },
    ]);
  });

  it('tells what is in a folder, of files and links only what has changed since then', async () => {
    const content = randomBytes(10);
    await sync.run(folderOperation(at('f'), 0o750), file('f/old', content, { mode: 0o640 }));
    await sync.run(folderOperation(at('f/in'), 0o700), linkOperation(at('f/l'), Buffer.from('x')));
    const list = async (path: string, since: number) => {
      const answers = await sync.run(listOperation(at(path), since));
      const [end] = answers.slice(-1);
      if (end?.kind !== 'listed') throw new Error('no end');
      expect(Number(end.now / 1_000_000n)).to.be.closeTo(Date.now(), 5_000);
      const entries = answers.flatMap((answer) => (answer.kind === 'entry' ? [answer.entry] : []));
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    };
    const inode = async (path: string) => (await lstat(there(path))).ino;
    const [, link, old] = await list('f', 0);
    expect(old).to.deep.equal({
      ...{ name: 'old', what: 'file', mode: 0o640, size: 10, modified: MTIME },
      inode: await inode('f/old'),
    });
    expect(link?.what).to.equal('link');
    // Its time is of when it was made, not the one that it was given.
    const now = Math.floor(Date.now() / 1000);
    expect((await list('f', now - 60)).map(({ name }) => name)).to.deep.equal(['in', 'l', 'old']);
    expect((await list('f', now + 60)).map(({ name }) => name)).to.deep.equal(['in']);
    await writeFile(there('.gulp-dockerutils-live'), '');
    expect((await list('', 0)).map(({ name }) => name)).to.deep.equal(['f']);
    for (const none of ['gone', 'f/old', 'f/l']) expect(await list(none, 0)).to.deep.equal([]);
  });

  it('tells the names of a folder of many', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `${'n'.repeat(index % 200)}${index}`);
    for (const name of names) await writeFile(there(name), '');
    const answers = await sync.run(listOperation(at(''), 0));
    const told = answers.flatMap((answer) => (answer.kind === 'entry' ? [answer.entry.name] : []));
    expect(told).to.have.members(names);
  });

  it('reads parts of a file, and nothing of what is none', async () => {
    const content = randomBytes(70_000);
    await sync.run(
      file('a', content),
      folderOperation(at('f'), 0o755),
      linkOperation(at('l'), Buffer.from('a')),
    );
    const { ino } = await lstat(there('a'));
    const state = { inode: ino, modified: MTIME, size: 70_000 };
    const none = { inode: 0, modified: 0n, size: 0 };
    const nothing = { kind: 'part', state: none, bytes: Buffer.alloc(0) };
    expect(
      await sync.run(
        ...[0, 65_536, 70_000].map((offset) => readOperation(at('a'), offset)),
        ...['gone', 'f', 'l', 'l/x'].map((path) => readOperation(at(path), 0)),
      ),
    ).to.deep.equal([
      { kind: 'part', state, bytes: content.subarray(0, 65_536) },
      { kind: 'part', state, bytes: content.subarray(65_536) },
      { kind: 'part', state, bytes: Buffer.alloc(0) },
      ...[nothing, nothing, nothing, nothing],
    ]);
  });

  for (const path of ['../x', 'a/../x', '/x', 'a//x', './x']) {
    it(`ends for a path like ${path}`, async () => {
      sync.child.stdin.write(Buffer.concat([folderOperation(at('a'), 0o755), file(path, Buffer.from('x'))]));
      const [status] = (await once(sync.child, 'exit')) as [number];
      expect(status).to.equal(2);
      expect(await readdir(there(''))).to.not.include('x');
    });
  }

  it('ends with its input', async () => {
    sync.child.stdin.end();
    expect(await once(sync.child, 'exit')).to.deep.equal([0, null]);
  });
});
