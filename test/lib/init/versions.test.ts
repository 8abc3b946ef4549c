import { expect } from 'chai';
import { allowsMajor } from '../../../lib/init/node/range.js';
import { UserError } from '../../../lib/text/user-error.js';
import { removeProjects } from '../project/projects.js';
import { startOf } from './starts.js';

const project = (rest: string) => ({ 'pyproject.toml': `[project]\nname = "x"\n${rest}\n` });
const poetry = (python: string) => ({
  'pyproject.toml': `[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "${python}"\n`,
});

describe('the Python of a project', () => {
  after(removeProjects);

  const cases: [string, Record<string, string>, string][] = [
    ['the newest that PEP 621 allows', project('requires-python = ">=3.9"'), '3.14'],
    ['one below a bound', project('requires-python = ">=3.8,<3.12"'), '3.11'],
    ['one release series', project('requires-python = "==3.10.*"'), '3.10'],
    ['no series whose last release is excluded', project('requires-python = "<=3.11.4"'), '3.10'],
    ['one release', project('requires-python = "==3.11.4"'), '3.11.4'],
    ["Poetry's caret", poetry('^3.9'), '3.14'],
    ["Poetry's tilde", poetry('~3.10'), '3.10'],
    ["Poetry's alternatives", poetry('~3.8 || ~3.11'), '3.11'],
    ["Poetry's blanks", poetry('>= 3.8, < 3.13'), '3.12'],
    ["Poetry's one version", poetry('3.11'), '3.11'],
    ["Poetry's star", poetry('*'), '3.14'],
    ['setup.cfg', { 'setup.cfg': '[metadata]\nname = x\n[options]\npython_requires = ~=3.9.2\n' }, '3.9'],
    ['setup.py', { 'setup.py': 'setup(python_requires="<3.10", name="x")\n' }, '3.9'],
    [
      '.python-version first',
      { ...project('requires-python = ">=3.9"'), '.python-version': '3.12.4\n' },
      '3.12',
    ],
    ['.python-version of several', { ...poetry('*'), '.python-version': 'pypy3.10-7.3\n3.13\n' }, '3.13'],
    ['.tool-versions', { ...poetry('*'), '.tool-versions': 'nodejs 20.1.0\npython 3.11.9\n' }, '3.11'],
    ['runtime.txt', { 'requirements.txt': '', 'runtime.txt': 'python-3.10.14\n' }, '3.10'],
    ['Pipfile', { Pipfile: '[requires]\npython_version = "3.12"\n' }, '3.12'],
  ];
  for (const [kind, files, version] of cases) {
    it(`is ${version} by ${kind}`, async () => {
      const { 'docker/base/Dockerfile': base } = await startOf(files);
      expect(base).to.include(`ARG PYTHON_IMAGE=python:${version}-slim\n`);
    });
  }

  it('is not guessed where none that is known is allowed', async () => {
    const refusal = await startOf(project('requires-python = "<3"')).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(UserError);
    expect(refusal)
      .to.have.property('message')
      .that.matches(/^requires-python of pyproject\.toml asks for "<3", .*\.python-version\.$/);
  });
});

describe('the Node of a project', () => {
  after(removeProjects);
  const engines = (node: string) => ({
    'package.json': JSON.stringify({ engines: { node }, main: 'x.js', dependencies: { a: '1' } }),
  });

  const cases: [string, Record<string, string>, string][] = [
    ['the newest that engines allow', engines('>=18'), '24'],
    ['one below a bound', engines('>=18 <21'), '20'],
    ['one release', engines('20.11.1'), '20.11.1'],
    ['.nvmrc', { ...engines('>=18'), '.nvmrc': 'v20.11.1\n' }, '20.11.1'],
    ['the names of .nvmrc', { ...engines('>=18'), '.nvmrc': 'lts/iron\n' }, 'iron'],
    ['the last LTS of .nvmrc', { ...engines('>=18'), '.nvmrc': 'lts/*\n' }, 'lts'],
    ['.node-version', { ...engines('>=18'), '.node-version': '22\n' }, '22'],
    ['.tool-versions', { ...engines('>=18'), '.tool-versions': 'nodejs 18.20.0\n' }, '18.20.0'],
  ];
  for (const [kind, files, version] of cases) {
    it(`is ${version} by ${kind}`, async () => {
      const { 'docker/base/Dockerfile': base } = await startOf(files);
      expect(base).to.include(`ARG NODE_IMAGE=node:${version}-slim\n`);
    });
  }

  it('is not guessed where none that is known is allowed', async () => {
    const refusal = await startOf(engines('>=99')).catch((error: unknown) => error);
    expect(refusal).to.have.property('code', 'NO_NODE');
  });

  // Which of 16, 18, 20, 22 and 24 npm's semver 7 takes with 9999.9999 behind them.
  const ranges: Record<string, number[]> = {
    '>=18 <21': [18, 20],
    '^20.3': [20],
    '20.x || 22': [20, 22],
    '18 - 20': [18, 20],
    '18-20': [],
    '~20.1': [],
    '~> 20': [20],
    '>= 18.0.0': [18, 20, 22, 24],
    '>20': [22, 24],
    '<=20': [16, 18, 20],
    '<20.5': [16, 18],
    '*': [16, 18, 20, 22, 24],
    '': [16, 18, 20, 22, 24],
    '^18.18.0 || ^20.9.0 || >=21.1.0': [18, 20, 22, 24],
    '>=16.0.0 <=22.x.x': [16, 18, 20, 22],
    lts: [],
  };
  for (const [range, allowed] of Object.entries(ranges)) {
    it(`is within ${JSON.stringify(range)} as npm says`, () => {
      expect([16, 18, 20, 22, 24].filter((major) => allowsMajor(range, major))).to.deep.equal(allowed);
    });
  }
});
