import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect } from 'chai';
import { engineNames } from '../../bed/index.js';
import { cases, heavy, many } from '../../circle.js';
import { onEngines, onOwnEngine, type Workshop } from './workshop.js';

const FILES = many(2_000, 20_000);
const SIZE = 5 * 2 ** 30;

function manyFiles(here: Workshop): void {
  here.write({ 'docker/all/Dockerfile': 'FROM busybox:latest\nCOPY . /app\n' });
  for (let number = 0; number < FILES; number++) {
    const folder = here.path(`src/package${number % 200}`);
    if (number < 200) fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${folder}/module${number}.py`, `number = ${number}\n`.repeat(20));
  }
}

onEngines(cases(engineNames), `a context of ${FILES} files`, (workshop) => {
  it('travels once; then nothing does, then the one file that was edited', async () => {
    const here = workshop();
    manyFiles(here);
    const first = await here.build('all');
    expect(first.sent.files).to.equal(FILES + 1);
    const second = await here.build('all');
    expect(second.sent).to.include({ files: 0, bytes: 0 });
    expect(second.cached).to.deep.equal({ steps: 1, of: 1 });
    expect(second.id).to.equal(first.id);

    // Unlike any edit before, which the engine may remember.
    const edit = `edited = '${here.root}'\n`;
    fs.appendFileSync(here.path('src/package7/module7.py'), edit);
    const third = await here.build('all');
    expect(third.sent.files).to.equal(1);
    expect(third.sent.bytes).to.be.lessThan(1000);
    expect(third.cached).to.deep.equal({ steps: 0, of: 1 });
    const content = await here.content(third.reference, '/app/src/package7');
    expect(content.get('package7/module7.py')?.content.toString().endsWith(edit)).to.equal(true);

    fs.rmSync(here.path('src/package7/module7.py'));
    fs.chmodSync(here.path('src/package8/module8.py'), 0o755);
    const fourth = await here.build('all');
    // A file whose mode alone changed travels again, for the engine compares descriptions.
    expect(fourth.sent.files).to.equal(1);
    expect([...(await here.content(third.reference, '/app/src/package7')).keys()]).not.to.include(
      'package7/module7.py',
    );
  });
});

onEngines(['20-overlay2', '28-containerd'], 'images of different files of one context', (workshop) => {
  it('take nothing away from each other: built in turn, each sends what has changed', async () => {
    const here = workshop();
    here.write({
      'docker/source/Dockerfile': 'FROM busybox:latest AS builder\nCOPY src /\nFROM builder\nCOPY doc/0 /\n',
      'docker/doc/Dockerfile': 'FROM busybox:latest\nCOPY ["doc", "/doc/"]\n',
      'docker/mounts/Dockerfile': 'FROM busybox:latest\nRUN --mount=source=doc,target=/m cat /m/1 /m/2\n',
      'docker/all/Dockerfile': 'FROM busybox:latest\nCOPY . /all/\n',
      'docker/most/Dockerfile': 'FROM busybox:latest\nCOPY . /all/\n',
      'docker/most/Dockerfile.dockerignore': 'doc/1*\n',
    });
    for (let number = 0; number < 20; number++)
      here.write({
        [`src/${number}`]: `${here.root} ${number}`,
        [`doc/${number}`]: `${number} ${here.root}`,
      });
    const names = ['source', 'doc', 'mounts', 'all', 'most'];
    const sent = async () => {
      const counts: number[] = [];
      for (const name of names) counts.push((await here.build(name)).sent.files);
      return counts;
    };
    await sent();
    expect(await sent()).to.deep.equal([0, 0, 0, 0, 0]);
    here.write({ 'doc/7': `edited in ${here.root}` });
    expect(await sent()).to.deep.equal([0, 1, 1, 1, 1]);
    here.write({ 'docker/doc/Dockerfile': 'FROM busybox:latest\nCOPY doc /doc/\nCOPY src/7 /\n' });
    expect((await here.build('doc')).sent.files).to.equal(1);
  });
});

onEngines(['20-overlay2', '28-containerd'], 'builds side by side', (workshop) => {
  it('share one context without harm', async () => {
    const here = workshop();
    const names = ['one', 'two', 'three'];
    for (const name of names) {
      here.write({
        [`docker/${name}/Dockerfile`]: `FROM busybox:latest\nCOPY . /app\nRUN echo ${name} > /name\n`,
      });
    }
    for (let number = 0; number < 500; number++) here.write({ [`src/${number}`]: String(number) });
    for (let round = 0; round < 3; round++) {
      here.write({ 'src/250': `round ${round}` });
      const built = await Promise.all(names.map((name) => here.build(name)));
      for (const [index, { reference }] of built.entries()) {
        const content = await here.content(reference, '/app/src');
        expect(content.size).to.equal(501);
        expect(content.get('src/250')?.content.toString()).to.equal(`round ${round}`);
        expect((await here.content(reference, '/name')).get('name')?.content.toString()).to.equal(
          `${names[index]}\n`,
        );
      }
    }
  });
});

heavy(() =>
  onOwnEngine('28-overlay2', 'a context of 100,000 files', (workshop) => {
    it('travels, and then no more', async function () {
      this.timeout(600_000);
      const here = workshop();
      here.write({
        'docker/all/Dockerfile': 'FROM busybox:latest\nCOPY . /app\nRUN find /app/src -type f | wc -l\n',
      });
      for (let number = 0; number < 100_000; number++) {
        const folder = here.path(`src/package${number % 1000}`);
        if (number < 1000) fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(`${folder}/${number}`, String(number));
      }
      await here.build('all');
      expect(here.told.lines.join('\n')).to.contain('] 100000');
      expect((await here.build('all')).sent).to.include({ files: 0, bytes: 0 });
    });
  }),
);

heavy(() =>
  onOwnEngine('28-overlay2', 'a large file', (workshop) => {
    it('of 5 GB travels in bounded memory', async function () {
      this.timeout(600_000);
      const here = workshop();
      here.write({
        'docker/all/Dockerfile':
          'FROM busybox:latest\nCOPY large /\nRUN stat -c %s /large; tail -c 3 /large; echo\n',
      });
      // Sparse, so that it costs no disk here.
      execFileSync('truncate', ['-s', String(SIZE - 3), here.path('large')]);
      fs.appendFileSync(here.path('large'), 'end');
      const before = process.memoryUsage().rss;
      let peak = 0;
      const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
      try {
        await here.build('all');
      } finally {
        clearInterval(timer);
      }
      expect(here.told.lines.join('\n')).to.contain(`] ${SIZE}`).and.to.contain('] end');
      expect(peak - before).to.be.lessThan(300 << 20);
    });
  }),
);
