import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { onPath, programPath, scriptPath } from '../../../lib/system/programs.js';
import { onPlatform } from '../../platform.js';

describe('a program of the PATH', () => {
  let folder: string;
  let env: Record<string, string>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'programs-'));
    for (const name of ['one', 'two']) mkdirSync(join(folder, name));
    env = { Path: ['.', '', join(folder, 'one'), `"${join(folder, 'two')}"`].join(delimiter) };
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (path: string) => writeFileSync(join(folder, path), '', { mode: 0o755 });
  const found = (name: string, inEnv = env) =>
    onPlatform('win32', () => [programPath(name, inEnv), scriptPath(name, inEnv)]);

  it('is on Windows the first .exe, or what else PATHEXT names where batch files can be started', async () => {
    write('one/tool.cmd');
    write('two/tool.exe');
    const [exe, cmd] = [join(folder, 'two', 'tool.exe'), join(folder, 'one', 'tool.cmd')];
    expect(await found('tool')).to.deep.equal([exe, cmd]);
    expect(await found('tool', { ...env, PATHEXT: '.COM;.EXE' })).to.deep.equal([exe, exe]);
    write('one/tool.exe');
    expect((await found('tool'))[1]).to.equal(join(folder, 'one', 'tool.exe'));
  });

  it('is never one of the working directory, nor a folder', async () => {
    write('tool.exe');
    mkdirSync(join(folder, 'two', 'tool.exe'));
    const here = process.cwd();
    process.chdir(folder);
    try {
      expect(await found('tool')).to.deep.equal([undefined, undefined]);
    } finally {
      process.chdir(here);
    }
  });

  it('is its name elsewhere', async () => {
    const both = () => [programPath('tool', {}), scriptPath('tool', {})];
    expect(await onPlatform('linux', both)).to.deep.equal(['tool', 'tool']);
    expect(await onPlatform('linux', () => onPath('tool', { PATH: folder }))).to.equal(undefined);
  });
});
