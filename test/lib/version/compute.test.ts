import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../../lib/text/user-error.js';
import { computeVersion } from '../../../lib/version/index.js';
import { askedEnvironment } from '../../oracle/version/answers.js';
import { writeFiles } from '../../oracle/version/cases.js';
import { type Recipe, RepositoryBuilder } from '../../oracle/version/repository.js';
import { onPosix } from '../../platform.js';

const HISTORY = ['commit main', 'tag v1.2', 'commit main'];
const VERSIONEER = '[versioneer]\nVCS = git\nversionfile_source = src/_version.py\ntag_prefix = v\n';

describe('computeVersion', () => {
  let builder: RepositoryBuilder;
  before(() => (builder = new RepositoryBuilder()));
  after(() => builder[Symbol.dispose]());

  const compute = (
    recipe: Recipe,
    files: Record<string, string> = {},
    env: Record<string, string> = {},
    style?: string,
  ) => {
    const root = builder.build(recipe);
    writeFiles(root, files);
    return computeVersion(root, { env: askedEnvironment(env), style });
  };
  const failure = async (promise: Promise<unknown>): Promise<UserError> => {
    const error: unknown = await promise.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UserError);
    return error as UserError;
  };

  it('says which scheme made the version, and from which source', async () => {
    const scm = { 'pyproject.toml': '[tool.setuptools_scm]\n' };
    const hatch = { 'pyproject.toml': '[tool.hatch.version]\nsource = "vcs"\n' };
    const answers = [
      await compute({ history: HISTORY }, { 'setup.cfg': VERSIONEER }),
      await compute({ history: HISTORY }, scm),
      await compute({ history: HISTORY }, hatch),
      await compute({ history: HISTORY }),
      await compute({ folder: 'x-1.0' }, { 'setup.cfg': `${VERSIONEER}parentdir_prefix = x-\n` }),
      await compute({}, { ...scm, 'PKG-INFO': 'Version: 3.0\n' }),
      await compute({}, {}),
    ];
    expect(answers.map(({ scheme, source }) => `${scheme}, ${source}`)).to.deep.equal([
      'versioneer, git',
      'setuptools-scm, git',
      'hatch-vcs, git',
      'git, git',
      'versioneer, parentdir',
      'setuptools-scm, file',
      'git, none',
    ]);
  });

  it('takes tags with and without a v where no tool is configured', async () => {
    const versions = ['v1.2', '1.2'].map(async (tag) => {
      const { dictionary } = await compute({ history: ['commit main', `tag ${tag}`] });
      return dictionary.version;
    });
    expect(await Promise.all(versions)).to.deep.equal(['1.2', '1.2']);
  });

  it('is that of the repository that a link leads into', async () => {
    const root = builder.build({ history: HISTORY });
    writeFiles(root, { 'inner/file': '' });
    const link = `${root}-link`;
    symlinkSync(join(root, 'inner'), link);
    try {
      const { source } = await computeVersion(link, { env: askedEnvironment({}) });
      expect(source).to.equal('git');
    } finally {
      rmSync(link);
    }
  });

  it('refuses a describe command that is none', async () => {
    const said = [`"git describe 'v*"`, '"git log"', '["git"]'].map(async (command) => {
      const file = `[tool.setuptools_scm]\ngit_describe_command = ${command}\n`;
      const { code, message } = await failure(compute({}, { 'pyproject.toml': file }));
      return `${code} ${message}`;
    });
    const wrong = 'the describe command must start with "git describe"';
    expect(await Promise.all(said)).to.deep.equal(
      ['the describe command has a quote that is not closed', wrong, wrong].map(
        (sentence) => `BAD_VERSION_CONFIG pyproject.toml [tool.setuptools_scm]: ${sentence}`,
      ),
    );
  });

  it('renders a style that is asked for, whatever is configured', async () => {
    const recipe = { history: HISTORY };
    const configured = await compute(recipe, { 'setup.cfg': VERSIONEER }, {}, 'pep440-old');
    const scm = await compute(recipe, { 'pyproject.toml': '[tool.setuptools_scm]\n' }, {}, 'pep440-old');
    expect([configured.dictionary.version, scm.dictionary.version]).to.deep.equal(['1.2.post1', '1.2.post1']);
    expect(scm.scheme).to.equal('git');
  });

  it('writes nothing into the repository, not even a refreshed index', async () => {
    const root = builder.build({ history: HISTORY });
    utimesSync(join(root, 'a.txt'), 1_500_000_000, 1_500_000_000);
    const before = snapshot(join(root, '.git'));
    for (const text of ['', '[tool.setuptools_scm]\n']) {
      writeFileSync(join(root, 'pyproject.toml'), text);
      const { dictionary } = await computeVersion(root, { env: askedEnvironment() });
      expect(dictionary.dirty).to.be.false;
    }
    expect(snapshot(join(root, '.git'))).to.deep.equal(before);
  });

  it('says what to do where git is missing, refuses the folder, or knows half of the history', async () => {
    const missing = await compute({ history: HISTORY }, {}, { PATH: '/nonexistent' });
    expect(missing.warnings.join()).to.match(/git is not on the PATH/);
    const refused = await compute({ history: HISTORY }, {}, { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' });
    expect(refused.warnings.join()).to.match(/git config --global --add safe\.directory '?(\/|[A-Z]:\/)/);
    const shallow = await compute({ history: HISTORY, layout: { shallow: 1 } });
    expect(shallow.warnings.join()).to.match(/git fetch --unshallow --tags/);
    for (const { dictionary } of [missing, refused]) {
      expect(dictionary).to.include({ version: '0+unknown', error: 'unable to compute version' });
    }
  });

  it("says what is wrong with a repository that git cannot read, in git's own words", async () => {
    const advice = async (spoil: (gitFolder: string) => void) => {
      const root = builder.build({ history: HISTORY });
      spoil(join(root, '.git'));
      return (await computeVersion(root, { env: askedEnvironment() })).warnings.join();
    };
    expect(await advice((git) => writeFileSync(join(git, 'HEAD'), 'garbage'))).to.match(
      /git does not take .*\.git for a repository, though it is there: run "git fsck"/,
    );
    expect(await advice((git) => writeFileSync(join(git, 'HEAD'), `${'1'.repeat(40)}\n`))).to.match(
      /says "bad object HEAD": run "git status" there/,
    );
    expect(await advice((git) => writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/new\n'))).to.match(
      /has no commit on its branch yet: commit once/,
    );
  });

  it('asks no git that lies in the repository itself', async () => {
    const root = builder.build({ history: HISTORY });
    writeFileSync(join(root, 'git.exe'), '#!/bin/sh\n: >it-was-run\n', { mode: 0o755 });
    await computeVersion(root, { env: askedEnvironment() });
    expect(readdirSync(root)).not.to.include('it-was-run');
  });

  onPosix('scripts', it)('says why git itself cannot run', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'git-shim-'));
    const shim = '#!/bin/sh\necho "xcrun: error: invalid active developer path" >&2\nexit 1\n';
    writeFileSync(join(bin, 'git'), shim, { mode: 0o755 });
    const shimmed = await compute({ history: HISTORY }, {}, { PATH: bin });
    expect(shimmed.warnings.join()).to.match(/says "xcrun: error: invalid active developer path"/);
    chmodSync(join(bin, 'git'), 0o644);
    const forbidden = await compute({ history: HISTORY }, {}, { PATH: bin });
    expect(forbidden.warnings.join()).to.match(/EACCES/);
    rmSync(bin, { recursive: true });
  });

  it('warns of nothing where all is well, or where there is no repository', async () => {
    expect((await compute({ history: HISTORY })).warnings).to.deep.equal([]);
    expect((await compute({})).warnings).to.deep.equal([]);
  });

  it('refuses an unknown style, VCS or scheme with a list of the known ones', async () => {
    const style = await failure(compute({}, { 'setup.cfg': `${VERSIONEER}style = pep441\n` }));
    expect(style.message).to.match(
      /^setup\.cfg: unknown style "pep441" \(did you mean "pep440"\?\); known styles: pep440, .*git-describe-long$/,
    );
    const asked = await failure(compute({}, {}, {}, 'semver'));
    expect(asked.message).to.match(/^--style: unknown style "semver"; known styles: pep440, /);
    const vcs = await failure(compute({}, { 'setup.cfg': VERSIONEER.replace('git', 'svn') }));
    expect(vcs.message).to.equal('setup.cfg: unknown VCS "svn" for versioneer; known ones: git');
    const scheme = await failure(
      compute({}, { 'pyproject.toml': '[tool.setuptools_scm]\nlocal_scheme = "node"\n' }),
    );
    expect(scheme.message).to.match(
      /\[tool\.setuptools_scm\]: local_scheme "node" is not supported.*; supported: node-and-date, /,
    );
  });

  it('names file and line of what it cannot parse', async () => {
    const toml = await failure(compute({}, { 'pyproject.toml': '[project]\nname = \n' }));
    expect(toml.message).to.match(/^pyproject\.toml:2: /);
    const cfg = await failure(compute({}, { 'setup.cfg': `${VERSIONEER}VCS = git\n` }));
    expect(cfg.message).to.match(/^setup\.cfg:5: /);
    const interpolation = await failure(compute({}, { 'setup.cfg': `${VERSIONEER}style = %(no)s\n` }));
    expect(interpolation.message).to.match(/^setup\.cfg:5: /);
  });

  it('names the tag that a tool cannot count on from', async () => {
    const history = ['commit main', 'tag 1.2.dev3', 'commit main'];
    const error = await failure(compute({ history }, { 'pyproject.toml': '[tool.setuptools_scm]\n' }));
    expect(error.code).to.equal('BAD_TAG');
    expect(error.message).to.include('1.2.dev3');
  });
});

/** Every file of a folder with its content and time of change. */
function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(
    files.map((name) => {
      const path = join(folder, name);
      return [
        name,
        `${statSync(path).mtimeMs} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`,
      ];
    }),
  );
}
