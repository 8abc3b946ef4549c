import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseIgnoreFile } from '../../../lib/ignore/ignore-file.js';
import { addSession, synced } from '../../../lib/live/synced.js';
import { Trigger } from '../../../lib/live/trigger.js';
import { until } from '../../until.js';

describe('changes to some files', () => {
  let root: string;
  let trigger: Trigger;
  let fired: string[][];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'trigger-'));
    for (const folder of ['src/deep', 'docs']) await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, 'src/deep/a.py'), '1');
    fired = [];
    trigger = new Trigger({
      root,
      selection: { include: parseIgnoreFile('src/**', 'x'), exclude: parseIgnoreFile('**/*.log', 'x') },
      onFire: (paths) => fired.push([...paths].sort()),
      onFailure: (error) => expect.fail(String(error)),
    });
  });
  afterEach(async () => {
    trigger.close();
    await rm(root, { recursive: true });
  });

  it('are one step where they come together, and none where nobody has named them', async () => {
    await writeFile(join(root, 'docs/b'), '');
    await writeFile(join(root, 'src/x.log'), '');
    await writeFile(join(root, 'src/deep/a.py'), '22');
    await writeFile(join(root, 'src/new.py'), '');
    await until('the step', () => Promise.resolve(fired.length > 0));
    await rm(join(root, 'src/new.py'));
    await until('another one', () => Promise.resolve(fired.length > 1));
    expect(fired).to.deep.equal([['src/deep/a.py', 'src/new.py'], ['src/new.py']]);
  });
});

describe('synced()', () => {
  it('waits for all sessions, fails as one of them, and has nothing to wait for without', async () => {
    await synced();
    let resolve = () => {};
    const forget = addSession({ synced: () => new Promise<void>((done) => (resolve = done)) });
    let isDone = false;
    const done = synced().then(() => (isDone = true));
    await new Promise((next) => setImmediate(next));
    expect(isDone).to.equal(false);
    resolve();
    await done;
    const forgetOther = addSession({ synced: () => Promise.reject(new Error('lost')) });
    const failure = synced().catch(String);
    resolve();
    expect(await failure).to.equal('Error: lost');
    forget();
    forgetOther();
    await synced();
  });
});
