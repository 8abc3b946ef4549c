import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { engineNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { onEngines, openToAll, rejection, Workshop } from './workshop.js';

onEngines(cases(engineNames), 'build context', (workshop) => {
  const everything = (here: Workshop) => here.content(`${here.plan('all').reference}`);

  for (const builder of ['BuildKit', 'the classic builder']) {
    const engineOf = (here: Workshop) => (builder === 'BuildKit' ? here.engine : here.classic());

    it(`comes out the same through ${builder}: names, modes, links, times, empty folders`, async () => {
      const here = workshop();
      here.write({
        'docker/all/Dockerfile': 'FROM scratch\nCOPY . /\n',
        'a b/ü 漢字 🐳.txt': 'odd',
        'line\nbreak': 'newline',
        'comma, blank': 'comma',
        'quote\'s "$HOME" `id`': 'shell',
        ['long/'.repeat(40) + 'name']: 'deep',
        'empty file': '',
        'run.sh': '#!/bin/sh\n',
        binary: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      });
      fs.mkdirSync(here.path('empty folder/in it'), { recursive: true });
      fs.chmodSync(here.path('run.sh'), 0o755);
      fs.chmodSync(here.path('binary'), 0o640);
      fs.chmodSync(here.path('empty folder'), 0o1777);
      fs.symlinkSync('run.sh', here.path('link'));
      fs.symlinkSync('/nowhere/at/all', here.path('dangling'));
      fs.linkSync(here.path('run.sh'), here.path('second name'));
      fs.utimesSync(here.path('run.sh'), 1e9, 1e9);
      await here.build('all', {}, { engine: engineOf(here) });
      const content = await everything(here);

      const text = (name: string) => content.get(name)?.content.toString();
      expect(text('a b/ü 漢字 🐳.txt')).to.equal('odd');
      expect(text('line\nbreak')).to.equal('newline');
      expect(text('comma, blank')).to.equal('comma');
      expect(text('quote\'s "$HOME" `id`')).to.equal('shell');
      expect(text('long/'.repeat(40) + 'name')).to.equal('deep');
      expect(text('empty file')).to.equal('');
      expect(content.get('binary')).to.deep.include({ mode: 0o640, uid: 0, gid: 0 });
      expect([...content.get('binary')!.content]).to.deep.equal(
        Array.from({ length: 256 }, (_, byte) => byte),
      );
      expect(content.get('run.sh')).to.deep.include({ mode: 0o755, mtime: new Date(1e12) });
      expect(content.get('empty folder/')).to.include({ mode: 0o1777, type: 'directory' });
      expect(content.get('empty folder/in it/')).to.include({ type: 'directory' });
      expect(content.get('link')).to.include({ type: 'symlink', linkname: 'run.sh' });
      expect(content.get('dangling')).to.include({ type: 'symlink', linkname: '/nowhere/at/all' });
      expect(content.get('second name')!.linkname ?? text('second name')).to.match(/run\.sh|#!\/bin\/sh/);
    });

    it(`sends FIFOs and leaves sockets out through ${builder}`, async () => {
      const here = workshop();
      here.write({ 'docker/all/Dockerfile': 'FROM scratch\nCOPY . /\n', file: 'x' });
      execFileSync('mkfifo', [here.path('fifo')]);
      const server = net.createServer().listen(here.path('socket'));
      try {
        await here.build('all', {}, { engine: engineOf(here) });
        const content = await everything(here);
        expect(content.get('file')?.content.toString()).to.equal('x');
        // BuildKit in 20.10 drops them on its own.
        const { version } = await here.engine.facts();
        if (builder !== 'BuildKit' || !version.startsWith('20.')) {
          expect(content.get('fifo')).to.include({ type: 'fifo' });
        }
        expect([...content.keys()]).not.to.include('socket');
      } finally {
        server.close();
      }
    });
  }

  it('keeps times to the nanosecond', async () => {
    const here = workshop();
    here.write({
      'docker/all/Dockerfile': 'FROM busybox:latest\nCOPY . /c/\nRUN stat -c %y /c/file\n',
      file: 'x',
    });
    execFileSync('touch', ['-d', '2021-03-04 05:06:07.123456789 UTC', here.path('file')]);
    await here.build('all', { options: { noCache: true } });
    expect(here.told.lines.join('\n')).to.contain('2021-03-04 05:06:07.123456789');
  });

  it('takes the ignore file beside the Dockerfile before that of the root', async () => {
    const here = workshop();
    here.write({
      'docker/all/Dockerfile': 'FROM scratch\nCOPY . /\n',
      'docker/all/Dockerfile.dockerignore': '*\n!kept, too\n!ünlaut*\n',
      '.dockerignore': 'kept, too\n',
      'kept, too': '1',
      ünlaut: '2',
      other: '3',
    });
    for (const engine of [here.engine, here.classic()]) {
      await here.build('all', {}, { engine });
      const names = [...(await everything(here)).keys()];
      expect(names).to.include.members(['kept, too', 'ünlaut']);
      expect(names).not.to.include('other');
      expect(names.filter((name) => name.includes('ocker'))).to.deep.equal(['.dockerenv']);
    }
  });

  it('follows links of COPY, and finds names that hold what joins header values', async () => {
    const here = workshop();
    here.write({
      'docker/all/Dockerfile': 'FROM scratch\nCOPY ["shortcut/inner", "a, b", "ö*", "/c/"]\n',
      'far/away/inner/file': 'found',
      'a, b': 'comma',
      öhr: 'umlaut',
      unrelated: 'x'.repeat(1000),
    });
    fs.symlinkSync('far/away', here.path('shortcut'));
    const { sent } = await here.build('all');
    const content = await here.content(here.plan('all').reference, '/c');
    expect(content.get('c/file')?.content.toString()).to.equal('found');
    expect(content.get('c/a, b')?.content.toString()).to.equal('comma');
    expect(content.get('c/öhr')?.content.toString()).to.equal('umlaut');
    expect(sent.bytes).to.be.lessThan(2000);
  });

  it('shows pip.conf.template as pip.conf, in the context only', async () => {
    const here = workshop();
    here.write({
      'docker/all/Dockerfile': 'FROM scratch\nCOPY pip.conf /\n',
      'pip.conf.template': '[global]\n',
    });
    for (const engine of [here.engine, here.classic()]) {
      await here.build('all', {}, { engine });
      expect((await everything(here)).get('pip.conf')?.content.toString()).to.equal('[global]\n');
    }
    expect(fs.existsSync(here.path('pip.conf'))).to.equal(false);
  });

  it('tells of a file that changes while it is sent by its name', async () => {
    const here = workshop();
    here.write({ 'docker/all/Dockerfile': 'FROM scratch\nCOPY . /\n', log: Buffer.alloc(32 << 20) });
    for (const engine of [here.engine, here.classic()]) {
      const writer = setInterval(() => fs.appendFileSync(here.path('log'), 'more\n'), 1);
      try {
        const error = await rejection(here.build('all', {}, { engine }));
        expect(error).to.include({ code: 'CONTEXT_CHANGED' });
        expect(error.message).to.match(/^log changed while it was being sent/);
      } finally {
        clearInterval(writer);
      }
    }
  });

  it('tells of a file that cannot be read by its name', async () => {
    const here = workshop();
    here.write({ 'docker/all/Dockerfile': 'FROM scratch\nCOPY . /\n', 'private.key': 'x' });
    fs.chmodSync(here.path('private.key'), 0);
    fs.chmodSync(here.root, 0o755);
    const socket = path.join(os.tmpdir(), `${path.basename(here.root)}.sock`);
    const end = await openToAll(here.engine.address.url.replace('unix://', ''), socket);
    const stranger = await Workshop.open(socket, here.root);
    process.seteuid!(65534);
    try {
      for (const engine of [stranger.engine, stranger.classic()]) {
        const error = await rejection(stranger.build('all', {}, { engine }));
        expect(error.message).to.match(/^private\.key in the build context cannot be read \(EACCES\)/);
      }
    } finally {
      process.seteuid!(0);
      await stranger.engine.close();
      end();
      fs.rmSync(socket);
    }
  });
});
