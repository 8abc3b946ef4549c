import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { folderContext } from '../../../lib/build/context/folder.js';
import { isDirectory } from '../../../lib/build/context/source.js';
import { walk } from '../../../lib/build/context/walk.js';
import { parseIgnoreFile, readIgnoreRules } from '../../../lib/ignore/ignore-file.js';
import { UserError } from '../../../lib/text/user-error.js';
import { TREE } from '../../oracle/dockerignore/cases.js';
import { plant } from '../../oracle/dockerignore/plant.js';
import type { Answer } from '../../oracle/dockerignore/record.js';
import { onPlatform, onPosix } from '../../platform.js';

const ORACLE = path.join(import.meta.dirname, '../../oracle/dockerignore/recording.json');

interface Recording {
  program: string;
  answers: { ignore: string; answer: Answer }[];
}

describe('.dockerignore, against BuildKit', () => {
  const { program, answers } = JSON.parse(fs.readFileSync(ORACLE, 'utf8')) as Recording;
  let root: string;
  let agreed = 0;

  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'dockerignore-'));
    plant(root, TREE.filter(canBeHere));
  });
  after(() => {
    fs.rmSync(root, { recursive: true });
    console.log(`      ${agreed} of ${answers.length} as ${program}`);
  });

  for (const { ignore, answer } of answers) {
    const define = ignore.includes('\\') ? onPosix('names', it) : it;
    define(`leaves out the same files for ${JSON.stringify(ignore)}`, () => {
      fs.writeFileSync(path.join(root, '.dockerignore'), ignore);
      expect(sent(root)).to.deep.equal('error' in answer ? 'refused' : answer.sent.filter(canBeHere));
      agreed++;
    });
  }
});

describe('an ignore file', () => {
  it('has backslashes between folders on Windows, as for buildx there', () =>
    onPlatform('win32', () => {
      const texts = (line: string) => parseIgnoreFile(line, '.dockerignore').map(({ text }) => text);
      expect(texts('dir\\sub\\*.txt')).to.deep.equal(texts('dir/sub/*.txt'));
      expect(texts('!.\\dir\\')).to.deep.equal(texts('!dir'));
    }));

  it('that is a folder is said to be one', () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dockerignore-'));
    fs.mkdirSync(path.join(root, '.dockerignore'));
    expect(() => readIgnoreRules(root)).to.throw(
      UserError,
      '.dockerignore is a folder: it has to be a file of patterns.',
    );
    fs.rmSync(root, { recursive: true });
  });
});

/** Whether this machine can have a file of that name. */
function canBeHere(name: string): boolean {
  return process.platform !== 'win32' || !/[\\*?"<>|:]/.test(name);
}

function sent(root: string): string[] | 'refused' {
  try {
    const exclude = readIgnoreRules(root, path.join(root, 'Dockerfile')).patterns;
    return Array.from(walk(folderContext(root), { exclude }), (entry) =>
      isDirectory(entry) ? `${entry.path}/` : entry.path,
    ).sort();
  } catch (error) {
    if (error instanceof UserError && /^\.dockerignore:1: /.test(error.message)) return 'refused';
    throw error;
  }
}
