import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { folderContext } from '../../../../lib/build/context/folder.js';
import { type ContextEntry, isFile, KIND } from '../../../../lib/build/context/source.js';
import { contextArchive, tarEntry } from '../../../../lib/build/context/tar.js';
import { walk } from '../../../../lib/build/context/walk.js';
import { entryHeader } from '../../../../lib/oci/tar-writer.js';
import { onPosix } from '../../../platform.js';

describe('tar archive of a context', () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tar-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  onPosix('modes', it)('is what GNU tar unpacks to the same files', async () => {
    const [from, to] = ['from', 'to'].map((name) => path.join(folder, name)) as [string, string];
    fs.mkdirSync(to);
    const long = `${'long name/'.repeat(30)}end`;
    for (const [name, content] of Object.entries({
      'a b': 'x',
      'ü/漢字': Buffer.alloc(1_000_000, 7),
      [long]: 'deep',
      'line\nbreak': '',
      exact: Buffer.alloc(1024),
    })) {
      fs.mkdirSync(path.dirname(path.join(from, name)), { recursive: true });
      fs.writeFileSync(path.join(from, name), content);
    }
    fs.mkdirSync(path.join(from, 'empty'));
    fs.chmodSync(path.join(from, 'a b'), 0o4755);
    fs.symlinkSync(long, path.join(from, 'link'));
    fs.linkSync(path.join(from, 'a b'), path.join(from, 'hard'));
    execFileSync('mkfifo', [path.join(from, 'fifo')]);

    const source = folderContext(from);
    const files = Array.from(walk(source), (entry) =>
      isFile(entry) && entry.linkname === undefined ? { entry, content: source.content(entry) } : { entry },
    );
    const pieces: Buffer[] = [];
    for await (const piece of contextArchive(files)) pieces.push(piece);
    execFileSync('tar', ['-xpf', '-', '-C', to], { input: Buffer.concat(pieces) });
    const listing = (root: string) =>
      execFileSync('find', ['.', '-printf', '%p %y %m %l %n %s %Ts\\0'], { cwd: root })
        .toString()
        .split('\0')
        .sort();
    const filesOnly = (lines: string[]) => lines.filter((line) => !/ d /.test(line));
    expect(filesOnly(listing(to))).to.deep.equal(filesOnly(listing(from)));
    expect(fs.readFileSync(path.join(to, 'ü/漢字')).equals(Buffer.alloc(1_000_000, 7))).to.equal(true);
  });

  it('says sizes beyond 8 GiB', () => {
    const size = 9 * 2 ** 30;
    const entry: ContextEntry = { path: 'large', mode: KIND.file | 0o644, size, mtimeNs: 0n };
    const header = entryHeader(tarEntry(entry));
    fs.writeFileSync(path.join(folder, 'header.tar'), header);
    fs.truncateSync(path.join(folder, 'header.tar'), header.length + size + 1024);
    const listed = execFileSync('tar', ['-tvf', path.join(folder, 'header.tar')]).toString();
    expect(listed).to.match(new RegExp(`-rw-r--r-- 0/0 +${size} .* large`));
  });
});
