import fs from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { parseIgnoreFile } from '../../../../lib/ignore/ignore-file.js';
import { Rules } from '../../../../lib/live/tree/rules.js';
import { Tree } from '../../../../lib/live/tree/tree.js';
import { many } from '../../../circle.js';
import { onPosix } from '../../../platform.js';
import { randomWhole } from '../../../seed.js';
import { until } from '../../../until.js';

/** What would stand elsewhere if all steps were carried out there. */
class Mirror {
  readonly paths = new Map<string, string>();

  constructor(readonly source: string) {}

  take(tree: Tree): void {
    for (const { kind, path } of tree.take()) {
      if (kind === 'removal') {
        const below = [...this.paths.keys()].filter((each) => each.startsWith(`${path}/`));
        expect(below, `what is left in ${path}, which is to go`).to.deep.equal([]);
        this.paths.delete(path);
        continue;
      }
      const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      if (path !== '') expect(this.paths.get(folder), `the folder of ${path}`).to.match(/^d/);
      this.paths.set(path, stateOf(join(this.source, path)));
    }
  }

  async settle(tree: Tree): Promise<void> {
    do {
      await sleep(20);
      this.take(tree);
    } while (!tree.isCurrent);
  }
}

function stateOf(path: string): string {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 'gone';
  if (stat.isDirectory()) return `d ${stat.mode & 0o777}`;
  if (stat.isSymbolicLink()) return `l ${fs.readlinkSync(path)}`;
  return `f ${stat.mode & 0o777} ${fs.readFileSync(path, 'utf8')}`;
}

function listing(source: string, wanted: (path: string) => boolean): Record<string, string> {
  const found = fs.readdirSync(source, { recursive: true, encoding: 'utf8' });
  const all = found.map((path) => path.replaceAll(sep, '/')).filter(wanted);
  return Object.fromEntries(['', ...all].map((path) => [path, stateOf(join(source, path))]));
}

describe('a tree', () => {
  let source: string;
  let tree: Tree;
  let mirror: Mirror;
  const open = (ignore = '', hidden: string[] = []) => {
    const rules = new Rules({ exclude: parseIgnoreFile(ignore, 'ignore') }, '', hidden);
    const onFailure = (error: unknown) => {
      throw error;
    };
    tree = new Tree({ source, rules, onChange: () => undefined, onFailure });
    mirror = new Mirror(source);
  };
  const write = (path: string, text: string) => {
    fs.mkdirSync(join(source, path, '..'), { recursive: true });
    fs.writeFileSync(join(source, path), text);
  };

  beforeEach(() => (source = mkdtempSync(join(tmpdir(), 'tree-'))));
  afterEach(() => {
    tree.close();
    fs.rmSync(source, { recursive: true });
  });

  onPosix('names', it)('tells of what is wanted and has no name by which it can be found', async () => {
    const place = (bytes: string) => Buffer.concat([Buffer.from(`${source}/`), Buffer.from(bytes, 'latin1')]);
    fs.writeFileSync(place('caf\xe9'), '');
    fs.writeFileSync(place('left-out\xe9'), '');
    const unnamed: string[] = [];
    const rules = new Rules({ exclude: parseIgnoreFile('left-out*', 'ignore') }, '', []);
    const nothing = () => undefined;
    const onUnnamed = (path: string) => void unnamed.push(path);
    tree = new Tree({ source, rules, onChange: nothing, onFailure: nothing, onUnnamed });
    mirror = new Mirror(source);
    await mirror.settle(tree);
    fs.mkdirSync(place('menu\xe9'));
    await until('a look', () => Promise.resolve(tree.hasChanges));
    await mirror.settle(tree);
    expect(new Set(unnamed)).to.deep.equal(new Set(['caf\ufffd', 'menu\ufffd']));
    expect([...mirror.paths.keys()]).to.deep.equal(['']);
  });

  onPosix('watching', it)('is what its folder is, whatever happens there', async () => {
    const names = ['a', 'b', 'c'];
    const anyPath = () => {
      const depth = randomWhole(1, 4);
      return Array.from({ length: depth }, () => names[randomWhole(0, names.length)]).join('/');
    };
    const edits: ((path: string) => void)[] = [
      (path) => fs.writeFileSync(path, String(randomWhole(0, 1000))),
      (path) => fs.writeFileSync(path, ''),
      (path) => fs.mkdirSync(path, { recursive: true }),
      (path) => fs.mkdirSync(path, { recursive: true }),
      (path) => fs.rmSync(path, { recursive: true }),
      (path) => fs.symlinkSync(`to-${randomWhole(0, 1000)}`, path),
      (path) => fs.renameSync(path, join(source, anyPath())),
      (path) => fs.chmodSync(path, [0o700, 0o755][randomWhole(0, 2)] ?? 0o700),
    ];
    open();
    for (let round = 0; round < many(30, 300); round++) {
      const done: string[] = [];
      for (let edit = randomWhole(1, 12); edit > 0; edit--) {
        const path = anyPath();
        const which = randomWhole(0, edits.length);
        try {
          edits[which]?.(join(source, path));
          done.push(`${which} ${path}`);
        } catch {
          // There is something else than the edit wants.
        }
        if (randomWhole(0, 4) === 0) await sleep(randomWhole(0, 3));
      }
      await mirror.settle(tree);
      const expected = listing(source, () => true);
      expect(Object.fromEntries([...mirror.paths].sort()), `${round}: ${done.join(', ')}`).to.deep.equal(
        Object.fromEntries(Object.entries(expected).sort()),
      );
    }
  });

  it('leaves out what is ignored, and does not enter it', async () => {
    for (const path of ['keep/a', 'out/b', 'out/in/c', 'deep/out/d', 'mount/e']) write(path, path);
    open('out\n!out/in\n**/out\n!out/in', ['mount']);
    await mirror.settle(tree);
    const expected = ['', 'deep', 'keep', 'keep/a', 'mount', 'out', 'out/in', 'out/in/c'];
    expect([...mirror.paths.keys()].sort()).to.deep.equal(expected);
    write('out/new', '');
    write('mount/new', '');
    write('out/in/new', '');
    await mirror.settle(tree);
    expect([...mirror.paths.keys()].sort()).to.deep.equal([...expected, 'out/in/new']);
  });

  it('tells of a file that has been emptied when it stays so', async () => {
    write('a', 'text');
    open();
    await mirror.settle(tree);
    write('a', '');
    await sleep(20);
    expect([...tree.take()]).to.deep.equal([]);
    expect(tree.isCurrent).to.equal(false);
    await mirror.settle(tree);
    expect(mirror.paths.get('a')).to.equal(process.platform === 'win32' ? 'f 438 ' : 'f 420 ');
  });

  it('sends many new files in one go, and looks at everything where events may be missing', async () => {
    open();
    await mirror.settle(tree);
    for (let number = 0; number < 6000; number++) write(`folder${number % 20}/file${number}`, 'x');
    await mirror.settle(tree);
    expect(mirror.paths.size).to.equal(1 + 20 + 6000);
  });

  it('sends again what is not known elsewhere any more', async () => {
    write('a', 'text');
    open();
    await mirror.settle(tree);
    tree.forget('a');
    tree.markAll();
    expect([...tree.take()].map(({ path }) => path)).to.deep.equal(['a']);
  });
});
