import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { folderContext } from '../../../lib/build/context/folder.js';
import { isDirectory } from '../../../lib/build/context/source.js';
import { walk } from '../../../lib/build/context/walk.js';
import { readIgnoreRules } from '../../../lib/ignore/ignore-file.js';
import { UserError } from '../../../lib/text/user-error.js';
import { TREE } from '../../oracle/dockerignore/cases.js';
import { plant } from '../../oracle/dockerignore/plant.js';
import type { Answer } from '../../oracle/dockerignore/record.js';

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
    plant(root, TREE);
  });
  after(() => {
    fs.rmSync(root, { recursive: true });
    console.log(`      ${agreed} of ${answers.length} as ${program}`);
  });

  for (const { ignore, answer } of answers) {
    it(`leaves out the same files for ${JSON.stringify(ignore)}`, () => {
      fs.writeFileSync(path.join(root, '.dockerignore'), ignore);
      expect(sent(root)).to.deep.equal('error' in answer ? 'refused' : answer.sent);
      agreed++;
    });
  }
});

describe('an ignore file', () => {
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
