import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { runScript } from '../../../lib/build/script.js';
import { UserError } from '../../../lib/text/user-error.js';
import { quiet } from '../../means.js';
import { writeProgram } from '../../platform.js';

describe('a build script', () => {
  let root: string;
  let lines: string[];
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'script-'));
    lines = [];
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));
  const activity = { line: (text: string) => lines.push(text), item() {}, done() {}, failed() {} };
  const run = (script: string[], signal = quiet.signal) => runScript(script, root, activity, signal);
  const failure = async (promise: Promise<void>) => {
    try {
      await promise;
    } catch (error) {
      return error as UserError;
    }
    throw new Error('It was expected to fail, and did not.');
  };

  it('runs in the project root, each word one argument, its output told line by line', async () => {
    await run([
      process.execPath,
      '-e',
      'console.log(process.cwd()); console.error(process.argv[1])',
      '$HOME; "x"',
    ]);
    expect(lines.map((line) => path.basename(line))).to.have.members([path.basename(root), '$HOME; "x"']);
  });

  it('may be named as npm installs it, on Windows by a batch file', async () => {
    fs.mkdirSync(path.join(root, 'node_modules', '.bin'), { recursive: true });
    const folder = path.join(root, 'node_modules', '.bin');
    writeProgram(folder, 'tool', 'console.log(process.argv.slice(2).join("|"))');
    await run(['./node_modules/.bin/tool', 'a b', '"c"', '%PATH%']);
    expect(lines).to.deep.equal(['a b|"c"|%PATH%']);
  });

  it('is nothing where there is none', async () => {
    await run([]);
    expect(lines).to.deep.equal([]);
  });

  it('that fails, is missing or is interrupted fails the build', async () => {
    const ends = await failure(run([process.execPath, '-e', 'process.exit(3)']));
    expect(ends).to.be.instanceOf(UserError);
    expect(ends.message).to.match(/failed \(exit status 3\)/);
    expect((await failure(run(['./there-is-none']))).message).to.match(
      /cannot be run: there is no such command/,
    );
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    expect((await failure(run(['sleep', '60'], abort.signal))).name).to.equal('AbortError');
  });
});
