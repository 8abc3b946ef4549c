import fs from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { parseIgnoreFile } from '../../../../lib/ignore/ignore-file.js';
import { Returning } from '../../../../lib/live/back/returning.js';
import type { Asked } from '../../../../lib/live/back/survey.js';
import type { Answer, Entry } from '../../../../lib/live/sidecar/answers.js';
import { ownerOperation } from '../../../../lib/live/sidecar/operations.js';
import { Rules } from '../../../../lib/live/tree/rules.js';
import { Tree } from '../../../../lib/live/tree/tree.js';
import { writeStep } from '../../../../lib/live/write-step.js';
import { onLinux } from '../../../platform.js';
import { randomBytes } from '../../../seed.js';
import { type SyncProcess, syncProcess } from '../helper/helper-process.js';

const PATTERNS = 'reports/**\n**/*.snap\n';

onLinux('programs', describe)('what comes back', () => {
  let sync: SyncProcess;
  let source: string;
  let tree: Tree;
  let returning: Returning;
  let brought: string[];
  let complaints: string[];
  const here = (path: string) => join(source, path);
  const there = (path: string) => join(sync.roots[0] ?? '', path);
  const write = (path: string, content: string | Buffer) => {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, content);
  };
  const read = (path: string) => fs.readFileSync(here(path), 'utf8');
  const round = async (settled = true) => {
    const before = brought.length;
    await returning.round(asked, { settled, last: true });
    return brought.slice(before).sort();
  };
  /** As a sidecar does. */
  const asked: Asked = {
    async ask(...operations) {
      let entries: Entry[] = [];
      const answers: Answer[] = [];
      for (const answer of await sync.run(...operations)) {
        if (answer.kind === 'entry') entries.push(answer.entry);
        else answers.push(answer.kind === 'listed' ? { ...answer, entries } : answer);
        if (answer.kind === 'listed') entries = [];
      }
      return answers;
    },
  };
  /** What changes here is there, without any more ado. */
  const follow = async () => {
    await sleep(20);
    for (const step of tree.take()) {
      returning.touch(step.path);
      const bytes: Buffer[] = [];
      const to = { root: 0, path: step.path };
      const spec = { source: here(step.path), to, patient: false };
      await writeStep(step, spec, (operations) => Promise.resolve(void bytes.push(operations)));
      expect(await sync.run(...bytes)).to.deep.equal([]);
    }
  };
  const open = (ignored = '', hidden: string[] = []) => {
    const onFailure = (error: unknown) => {
      throw error;
    };
    const rules = new Rules({ exclude: parseIgnoreFile(ignored, 'ignore') }, '', hidden);
    tree = new Tree({ source, rules, onChange: () => undefined, onFailure });
    returning = new Returning({
      ...{ tree, source, volume: 0, shown: (path) => path },
      rules: new Rules({ include: parseIgnoreFile(PATTERNS, 'back') }, '', hidden),
      told: { brought: (path) => brought.push(path), complain: (why) => complaints.push(why) },
    });
  };

  beforeEach(async () => {
    sync = await syncProcess();
    await sync.run(ownerOperation({ user: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0 }));
    source = mkdtempSync(join(tmpdir(), 'back-test-'));
    brought = [];
    complaints = [];
  });
  afterEach(async () => {
    tree?.close();
    fs.rmSync(source, { recursive: true });
    await sync[Symbol.asyncDispose]();
  });

  for (const [how, ignored] of [
    ['kept there', ''],
    ['left out there', 'reports\n**/*.snap'],
  ] as const) {
    it(`is what the container writes, once for each time, in what is ${how}`, async () => {
      const large = randomBytes(2_500_000);
      open(ignored);
      await follow();
      write(there('reports/html/index.html'), 'one');
      write(there('reports/large'), large);
      write(there('reports/empty'), '');
      fs.chmodSync(there('reports/large'), 0o6751);
      write(there('deep/er/a.snap'), 'snap');
      write(there('other/not wanted'), '');
      expect(await round()).to.deep.equal(
        ['deep/er/a.snap', 'reports/empty', 'reports/html/index.html', 'reports/large'].sort(),
      );
      expect(fs.readFileSync(here('reports/large')).equals(large)).to.equal(true);
      expect(fs.statSync(here('reports/large')).mode & 0o7777).to.equal(0o751);
      expect(fs.existsSync(here('other'))).to.equal(false);
      expect(fs.readdirSync(here('reports')).sort()).to.deep.equal(['empty', 'html', 'large']);

      await follow();
      expect([...tree.take()]).to.deep.equal([]);
      expect(await round()).to.deep.equal([]);
      write(there('reports/html/index.html'), 'two');
      expect(await round()).to.deep.equal(['reports/html/index.html']);
      expect(read('reports/html/index.html')).to.equal('two');
      fs.renameSync(there('reports/html'), there('reports/moved'));
      expect(await round()).to.deep.equal(['reports/moved/index.html']);
      expect(complaints).to.deep.equal([]);
    });

    it(`takes no place of what changed here, in what is ${how}`, async () => {
      write(here('reports/before'), 'of an earlier time');
      await sleep(30);
      open(ignored);
      await follow();
      write(there('reports/before'), 'newer');
      write(there('reports/both'), 'there');
      expect(await round()).to.deep.equal(['reports/before', 'reports/both']);
      write(here('reports/both'), 'changed here');
      write(there('reports/both'), 'and there, too');
      // What is here is about to be there, where it is kept there.
      if (ignored === '') await follow();
      else expect(await round()).to.deep.equal([]);
      expect(await round()).to.deep.equal([]);
      expect(read('reports/both')).to.equal('changed here');
      expect(complaints).to.deep.equal(
        ignored === '' ? [] : ['reports/both was not brought back: it changed here, too.'],
      );
    });
  }

  it('takes no place of what is on its way there', async () => {
    write(here('reports/a'), 'first');
    open();
    await follow();
    write(here('reports/a'), 'second');
    await follow();
    // As the container had it before that came.
    write(there('reports/a'), 'of the container');
    expect(await round(false)).to.deep.equal([]);
    expect(read('reports/a')).to.equal('second');
    expect(returning.owns('reports/a')).to.equal(false);
    // Written behind that, it is newer.
    expect(await round()).to.deep.equal(['reports/a']);
    expect(returning.owns('reports/a')).to.equal(true);
  });

  it('does not undo what is taken away here', async () => {
    open();
    await follow();
    write(there('reports/in/a'), '1');
    await round();
    fs.rmSync(here('reports/in'), { recursive: true });
    write(there('reports/in/a'), 'longer');
    expect(await round()).to.deep.equal([]);
    await follow();
    expect(fs.existsSync(here('reports/in'))).to.equal(false);
  });

  it('waits until a file rests, for a second at most', async () => {
    open();
    const looked = () => returning.round(asked, { settled: true, last: false }).then(() => brought.length);
    const start = Date.now();
    write(there('reports/a'), 'half');
    expect(await looked()).to.equal(0);
    write(there('reports/a'), 'half and half');
    const atTwo = await looked();
    // A machine that is busy may take longer than it waits.
    if (Date.now() - start < 1_000) expect(atTwo).to.equal(0);
    if (atTwo === 0) expect(await looked()).to.equal(1);
    const end = Date.now() + 20_000;
    for (let size = 20; brought.length === 1 && Date.now() < end; size++) {
      write(there('reports/a'), 'x'.repeat(size));
      await looked();
    }
    expect(brought).to.have.length(2);
  });

  it('goes through no link of either side, and says what cannot come', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'back-out-'));
    try {
      fs.mkdirSync(here('reports'));
      fs.symlinkSync(outside, here('reports/out'));
      fs.symlinkSync('own', here('reports/own'));
      fs.mkdirSync(here('reports/folder'));
      open('reports/**');
      write(there('reports/out/file'), 'x');
      write(there('reports/folder'), 'x');
      fs.symlinkSync('/etc', there('reports/link'));
      fs.symlinkSync('own', there('reports/own'));
      write(there('reports/good'), 'x');
      expect(await round()).to.deep.equal(['reports/good']);
      expect(fs.readdirSync(outside)).to.deep.equal([]);
      expect(complaints.sort()).to.deep.equal([
        'reports/folder was not brought back: it changed here, too.',
        'reports/link was not brought back: it is a link, and only files come back.',
        'reports/out/file was not brought back: something of another kind is in its place.',
      ]);
      expect(await round()).to.deep.equal([]);
    } finally {
      fs.rmSync(outside, { recursive: true });
    }
  });

  it('leaves what something else is mounted over', async () => {
    open('', ['reports/volume']);
    write(there('reports/volume/a'), 'x');
    write(there('reports/a'), 'x');
    expect(await round()).to.deep.equal(['reports/a']);
  });
});
