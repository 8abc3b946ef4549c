import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { privateFolder } from '../../../../../../lib/engine/connect/ssh/program/private-folder.js';
import { onPosix } from '../../../../../platform.js';

describe('a private folder for the sockets of a login', () => {
  let parent: string;
  const saved = process.env.TMPDIR;
  beforeEach(async () => {
    parent = await mkdtemp(join(process.platform === 'win32' ? tmpdir() : '/tmp', 'pf-'));
    process.env.TMPDIR = parent;
  });
  afterEach(async () => {
    if (saved === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = saved;
    await rm(parent, { recursive: true, force: true });
  });

  /** A process that has made such a folder and lives on. */
  async function otherProcess() {
    const program = `
      import { privateFolder } from ${JSON.stringify(new URL('../../../../../../lib/engine/connect/ssh/program/private-folder.ts', import.meta.url).href)};
      console.log((await privateFolder()).path);
      setInterval(() => {}, 1000);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    return { child, path: line.trim() };
  }

  onPosix('sockets', it)('is for its user alone, and gone when it is released', async () => {
    const folder = await privateFolder();
    expect(dirname(folder.path)).to.equal(parent);
    expect((await stat(folder.path)).mode & 0o777).to.equal(0o700);
    await folder.release();
    expect(await readdir(parent)).to.deep.equal([]);
  });

  onPosix('sockets', it)(
    'stays while its process lives, though nobody sees that process, and goes after it was killed',
    async function (this: Mocha.Context) {
      this.timeout(600_000);
      const { child, path } = await otherProcess();
      const [first, second] = [await privateFolder(), await privateFolder()];
      for (const each of [path, first.path, second.path]) expect(existsSync(each), each).to.be.true;
      child.kill('SIGKILL');
      await once(child, 'exit');
      const third = await privateFolder();
      expect(existsSync(path)).to.be.false;
      for (const each of [first, second, third]) {
        expect(existsSync(each.path)).to.be.true;
        await each.release();
      }
    },
  );

  it('may be where no socket of ssh could be, for what ssh logs', async () => {
    const odd = join(parent, 'a b'.repeat(12));
    await mkdir(odd);
    const folder = await privateFolder(odd);
    expect(dirname(folder.path)).to.equal(odd);
    await folder.release();
    expect(await readdir(odd)).to.deep.equal([]);
  });

  for (const [what, name] of [
    ['holds a blank', 'a b'],
    ['holds what ssh expands', '%h'],
    ['is too long for a socket', 'x'.repeat(60)],
    ['is not there', 'missing'],
  ] as const) {
    onPosix('sockets', it)(`is in /tmp where the temporary folder ${what}`, async () => {
      process.env.TMPDIR = what === 'is not there' ? join(parent, name) : await mkdtemp(join(parent, name));
      expect(tmpdir()).to.contain(name);
      const folder = await privateFolder();
      expect(dirname(folder.path)).to.equal('/tmp');
      await folder.release();
    });
  }
});
