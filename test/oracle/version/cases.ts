import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STYLES } from '../../../lib/version/index.js';
import type { Recipe } from './repository.js';

/** One question to one tool about one repository. */
export interface Question {
  name: string;
  tool: 'versioneer' | 'setuptools-scm' | 'hatch-vcs';
  /** Put into the project's root before the question, and taken away after it; never committed. */
  files: Record<string, string>;
  env?: Record<string, string>;
}

export interface Case {
  name: string;
  recipe: Recipe;
  questions: readonly Question[];
}

/** The time that setuptools-scm dates changed work trees by. */
const NOW = { SOURCE_DATE_EPOCH: '1700000000' };

const PLAIN = ['commit main', 'commit main', 'tag 1.2', 'commit main', 'commit main', 'commit main'];
const EXACT = ['commit main', 'commit main', 'tag 1.2'];
const UNTAGGED = ['commit main', 'commit main', 'commit main'];
const MODIFIED = { 'a.txt': 'changed\n' };

export function allCases(): Case[] {
  return [
    ...everyStyle(),
    ...workTrees(),
    ...tagNames(),
    ...severalTags(),
    ...branches(),
    ...merges(),
    ...layouts(),
    ...configurations(),
    ...sources(),
    ...scmSettings(),
    ...scmSources(),
    ...randomHistories(60),
  ];
}

/** All eight styles wherever a style has a case of its own. */
function everyStyle(): Case[] {
  const histories: Record<string, readonly string[]> = {
    exact: EXACT,
    'three commits on': PLAIN,
    untagged: UNTAGGED,
    'tag with a local part': ['commit main', 'tag 1.2+abc', 'commit main'],
    'post-release tag': ['commit main', 'tag 1.2.post3', 'commit main'],
    'post-release tag without a number': ['commit main', 'tag 1.2.post', 'commit main'],
    'tag with two posts': ['commit main', 'tag 1.2.post1.post2', 'commit main'],
    'on master': ['commit master', 'tag 1.2', 'commit master'],
    'master, untagged': ['commit master'],
  };
  return Object.entries(histories).flatMap(([name, history]) => {
    const checkout = name.startsWith('on master') || name.startsWith('master') ? 'master' : 'main';
    return [
      {
        name: `every style: ${name}`,
        recipe: { history, checkout },
        questions: [...styles(...STYLES), scm()],
      },
      {
        name: `every style: ${name}, modified`,
        recipe: { history, checkout, change: MODIFIED },
        questions: [...styles(...STYLES), scm()],
      },
    ];
  });
}

function workTrees(): Case[] {
  const states: Record<string, Partial<Recipe>> = {
    'written with the same text': { change: { 'a.txt': '6\n' } },
    'an untracked file': { change: { 'new.txt': 'new\n' } },
    'a deleted file': { change: { 'b.txt': null } },
    'an executable file': { executable: ['b.txt'] },
    'a staged change': { change: MODIFIED, git: [['add', 'a.txt']] },
    'a staged new file': { change: { 'new.txt': 'new\n' }, git: [['add', 'new.txt']] },
    'a file to be added': { change: { 'new.txt': 'new\n' }, git: [['add', '-N', 'new.txt']] },
    'a staged rename': { git: [['mv', 'b.txt', 'c.txt']] },
    'a staged deletion, the file kept': { git: [['rm', '-q', '--cached', 'b.txt']] },
    'a change that is staged and taken back': {
      change: MODIFIED,
      git: [
        ['add', 'a.txt'],
        ['show', 'HEAD:a.txt'],
        ['checkout', '-q', 'HEAD', '--', 'a.txt'],
      ],
    },
    'a file that git is told to leave alone': {
      git: [['update-index', '--assume-unchanged', 'a.txt']],
      change: {},
    },
    'a file that is ignored': { change: { '.gitignore': '*.log\n', 'x.log': 'x\n' } },
    'file modes that do not count': { git: [['config', 'core.fileMode', 'false']], executable: ['b.txt'] },
  };
  return Object.entries(states).map(([name, state], index) => ({
    name: `work tree: ${name}`,
    recipe: { history: PLAIN, ...state },
    questions: [...styles('pep440', STYLES[index % STYLES.length]!), scm()],
  }));
}

function tagNames(): Case[] {
  const tags =
    '1 1.0 1.2.3.4 1.0rc1 1.0-rc.1 1.0-beta.2 1.0a 1.0.dev0 1.0.post1 1!2.0 2024.01.05 20240105.123456 1.0-dirty 1.0-3-gabcdef0 ' +
    '1.0+local.7 01.02 1.0-1 1.0_x 10 0 1.0.0-alpha 1.0ß 1.0"x ' +
    'v1.0 V1.0 v1.0rc1 v2 release-1.0 release-v1.0 project/1.0 project/v1.0 pkg-a-1.0 foo foo1 x1.0y v';
  return tags.split(' ').flatMap((tag, index) => {
    const prefix = /^(v|V|release-v?|project\/v?|pkg-a-)(?=\d)/.exec(tag)?.[0] ?? '';
    const asked = [...styles('pep440', STYLES[index % STYLES.length]!), scm()];
    const history = ['commit main', `${index % 2 ? 'annotate' : 'tag'} ${tag}`, 'commit main'];
    const prefixed = prefix
      ? [versioneer('prefix', { tag_prefix: prefix }), versioneer('v', { tag_prefix: 'v' })]
      : [];
    return [
      { name: `tag: ${tag}`, recipe: { history }, questions: [...asked, ...prefixed] },
      {
        name: `tag: ${tag}, exact`,
        recipe: { history: history.slice(0, 2) },
        questions: [...asked, ...prefixed],
      },
    ];
  });
}

function severalTags(): Case[] {
  const histories: Record<string, readonly string[]> = {
    'three light ones': ['commit main', 'tag 1.0', 'tag 1.1', 'tag 2.0rc1', 'commit main'],
    'three with text': ['commit main', 'annotate 1.0', 'annotate 1.1', 'annotate 1.0.1', 'commit main'],
    'light and with text': ['commit main', 'tag 2.0', 'annotate 1.0', 'commit main'],
    'one that counts and one that does not': ['commit main', 'tag 1.0', 'tag nightly', 'commit main'],
    'prefixed and not': ['commit main', 'tag 1.0', 'commit main', 'tag v2.0', 'commit main'],
    'the newer one on an older commit': ['commit main', 'tag 2.0', 'commit main', 'tag 1.0', 'commit main'],
    'of two projects': ['commit main', 'tag a-1.0', 'commit main', 'tag b-2.0', 'commit main'],
    'final and candidate': ['commit main', 'tag 1.0rc1', 'tag 1.0', 'commit main'],
  };
  return Object.entries(histories).map(([name, history]) => ({
    name: `several tags: ${name}`,
    recipe: { history },
    questions: [
      ...styles('pep440', 'git-describe-long'),
      versioneer('v', { tag_prefix: 'v' }),
      versioneer('b', { tag_prefix: 'b-' }),
      scm(),
    ],
  }));
}

function branches(): Case[] {
  const topic = (branch: string) => ['commit main', 'tag 1.2', 'commit main', `commit ${branch}`];
  const asked = [...styles('pep440-branch', 'pep440-post-branch'), scm()];
  const names = [
    'feature/x-1',
    'release/1.2',
    'release-1.2',
    'master',
    'user/me/topic',
    '1.2',
    'ünï',
    'HEAD2',
  ];
  const attached = names.map((branch) => ({
    name: `branch: ${branch}`,
    recipe: {
      history: topic(branch),
      checkout: branch === '1.2' ? 'refs/heads/1.2' : branch,
      detached: branch === '1.2',
    },
    questions: asked,
  }));
  const commit = ['commit', '-q', '--allow-empty', '-m', 'aside'];
  const detached: Record<string, Recipe> = {
    'at the tip of main': { history: PLAIN, checkout: 'main' },
    'at a tag': { history: PLAIN, checkout: '1.2' },
    'on master': {
      history: ['commit master', 'tag 1.2', 'commit master', 'commit a/b'],
      checkout: 'master~1',
    },
    'on a branch alone': { history: topic('feature/x'), checkout: 'feature/x' },
    'on several branches': { history: [...PLAIN, 'commit zeta', 'commit alpha'], checkout: 'main' },
    'on no branch': { history: PLAIN, checkout: 'main', git: [commit] },
    'on no branch, untagged': { history: UNTAGGED, checkout: 'main', git: [commit, commit] },
    'on no branch, modified': { history: PLAIN, checkout: 'main', git: [commit], change: MODIFIED },
  };
  return [
    ...attached,
    ...Object.entries(detached).map(([name, recipe]) => ({
      name: `detached: ${name}`,
      recipe: { ...recipe, detached: true },
      questions: [...styles('pep440', 'pep440-branch', 'pep440-post-branch'), scm()],
    })),
    {
      name: 'branch with the name of a tag',
      recipe: {
        history: ['commit main', 'tag topic', 'tag 1.0', 'commit main', 'commit topic'],
        checkout: 'topic',
      },
      questions: asked,
    },
  ];
}

function merges(): Case[] {
  const histories: Record<string, readonly string[]> = {
    'tag on main': ['commit main', 'tag 1.0', 'commit side', 'commit main', 'merge main side'],
    'tag on the side': [
      'commit main',
      'commit side',
      'tag 1.5',
      'commit main',
      'merge main side',
      'commit main',
    ],
    'tags on both': ['commit main', 'commit side', 'tag 1.5', 'commit main', 'tag 1.1', 'merge main side'],
    'the nearer tag on the side': [
      'commit main',
      'tag 1.0',
      'commit main',
      'commit main',
      'commit side',
      'tag 2.0',
      'merge main side',
      'commit main',
    ],
    twice: [
      'commit main',
      'tag 1.0',
      'commit side',
      'commit main',
      'merge main side',
      'commit side',
      'merge main side',
    ],
    'with clocks that go wrong': [
      'commit main 1600000000',
      'tag 1.0',
      'commit side 1500000000',
      'tag 2.0',
      'commit main 1400000000',
      'merge main side 1300000000',
    ],
  };
  return Object.entries(histories).map(([name, history], index) => ({
    name: `merge: ${name}`,
    recipe: { history, zone: ['+0530', '-0800', '+1400'][index % 3] },
    questions: [...styles('pep440', 'git-describe', 'pep440-pre'), scm()],
  }));
}

function layouts(): Case[] {
  const kinds: [string, Recipe['layout']][] = [
    ['subfolder', 'subfolder'],
    ['submodule', 'submodule'],
    ['superproject', 'superproject'],
    ['bare', 'bare'],
    ['shallow, all there is', { shallow: 10 }],
    ['shallow, the tag missing', { shallow: 2 }],
    ['shallow, one commit', { shallow: 1 }],
  ];
  const asked = [...styles('pep440', 'pep440-post-branch', 'git-describe'), scm()];
  return [
    ...kinds.flatMap(([name, layout]) => [
      { name: `layout: ${name}`, recipe: { history: PLAIN, layout }, questions: asked },
      ...(layout === 'bare' ? [] : [changed(`layout: ${name}`, layout, asked)]),
    ]),
    {
      name: 'layout: worktree',
      recipe: { history: [...PLAIN, 'commit topic'], layout: 'worktree', checkout: 'topic' },
      questions: asked,
    },
    {
      name: 'layout: worktree, detached',
      recipe: { history: PLAIN, layout: 'worktree', checkout: '1.2', detached: true },
      questions: asked,
    },
    {
      name: 'layout: a submodule that has moved on',
      recipe: {
        history: PLAIN,
        layout: 'superproject',
        git: [['-C', 'inner', 'commit', '-q', '--allow-empty', '-m', 'on']],
      },
      questions: asked,
    },
    {
      name: 'layout: a submodule with an untracked file',
      recipe: { history: PLAIN, layout: 'superproject', change: { 'inner/new.txt': 'new\n' } },
      questions: asked,
    },
    {
      name: 'layout: a submodule with a change',
      recipe: { history: PLAIN, layout: 'superproject', change: { 'inner/a.txt': 'changed\n' } },
      questions: asked,
    },
    { name: 'layout: no commits', recipe: { history: [] }, questions: asked },
    {
      name: 'layout: no commits, a staged file',
      recipe: { history: [], change: MODIFIED, git: [['add', 'a.txt']] },
      questions: asked,
    },
    { name: 'layout: no repository', recipe: {}, questions: asked },
  ];
}

function changed(name: string, layout: Recipe['layout'], questions: readonly Question[]): Case {
  const file = layout === 'superproject' ? 'b.txt' : 'a.txt';
  return {
    name: `${name}, modified`,
    recipe: { history: PLAIN, layout, change: { [file]: 'changed\n' } },
    questions,
  };
}

function configurations(): Case[] {
  const toml = (lines: string) => ({ 'pyproject.toml': `[tool.versioneer]\n${lines}` });
  const both = '[versioneer]\nVCS = git\nstyle = pep440-old\nversionfile_source = a/_version.py\n';
  const cfg = (text: string) => ({ 'setup.py': '', 'setup.cfg': text });
  const written: Record<string, Record<string, string>> = {
    'pyproject.toml': toml(
      'VCS = "git"\nstyle = "pep440-pre"\nversionfile_source = "a/_version.py"\ntag_prefix = "v"\n',
    ),
    'pyproject.toml, no style': toml('VCS = "git"\nversionfile_source = "a/_version.py"\n'),
    'both: pyproject.toml counts': {
      ...toml('VCS = "git"\nstyle = "git-describe"\nversionfile_source = "a.py"\n'),
      'setup.cfg': both,
    },
    'an empty table: setup.cfg counts': { ...toml(''), 'setup.cfg': both },
    'pyproject.toml without the table': { 'pyproject.toml': '[project]\nname = "x"\n', 'setup.cfg': both },
    'pyproject.toml broken': { 'pyproject.toml': '[tool.versioneer\n', 'setup.cfg': both },
    'keys in other cases': cfg(
      '[versioneer]\nvcs: git\nSTYLE : pep440-post\nVersionFile_Source=a/_version.py\n',
    ),
    'quoted empty prefix': cfg(`${both}tag_prefix = ''\n`),
    'doubly quoted empty prefix': cfg(`${both}tag_prefix = ""\n`),
    'comments and blanks': cfg(
      `# first\n\n[metadata]\nname = x\n\n${both.replace('VCS', '; second\nVCS')}\n[other]\nstyle = x\n`,
    ),
    'style default': cfg(both.replace('pep440-old', 'default')),
    'empty style': cfg(both.replace('pep440-old', '')),
    interpolation: cfg(`[DEFAULT]\nkind = pep440-post\n${both.replace('pep440-old', '%(kind)s')}`),
    inheritance: cfg(`[DEFAULT]\ntag_prefix = v\n${both}`),
    'Windows line ends': cfg(both.replaceAll('\n', '\r\n')),
    'a prefix that is a pattern': cfg(`${both}tag_prefix = v*\n`),
    'a prefix that no tag has': cfg(`${both}tag_prefix = x-\n`),
    'a style that does not exist': cfg(both.replace('pep440-old', 'pep441')),
    'another VCS': cfg(both.replace('git', 'svn')),
    'no VCS': cfg(both.replace('VCS = git\n', '')),
    'no versionfile_source': cfg(both.replace(/versionfile_source.*\n/, '')),
    'a section twice': cfg(both + both),
    'a key twice': cfg(`${both}style = pep440\n`),
  };
  const history = ['commit main', 'tag 1.0', 'tag v1.5', 'commit main'];
  return [
    {
      name: 'configurations',
      recipe: { history },
      questions: Object.entries(written).map(([name, files]) => ({
        name,
        tool: 'versioneer' as const,
        files,
      })),
    },
  ];
}

function sources(): Case[] {
  const keywords = (refnames: string, full = 'a'.repeat(40), date = '2024-05-06 07:08:09 +0200') =>
    `def get_keywords():\n    git_refnames = "${refnames}"\n    git_full = "${full}"\n    git_date = "${date}"\n`;
  const written = (json: string) => `import json\n\nversion_json = '''\n${json}\n'''  # END VERSION_JSON\n`;
  const dictionary = {
    date: '2024-05-06T07:08:09+0200',
    dirty: false,
    error: null,
    'full-revisionid': 'b'.repeat(40),
    version: '3.1',
  };
  const files: Record<string, string> = {
    'a tag': keywords(' (HEAD -> main, tag: 1.0, origin/main)'),
    'several tags': keywords(' (tag: 1.1rc1, tag: 1.1, tag: 0.9, main)'),
    'a prefixed tag': keywords(' (tag: v2.0, tag: 1.0)'),
    'tags that are no versions': keywords(' (tag: nightly, tag: latest)'),
    'no tag': keywords(' (HEAD -> main)'),
    'the form before git 1.8.3': keywords(' (1.0, main, HEAD)'),
    'a branch with a digit': keywords(' (HEAD -> release-2)'),
    'no names': keywords(''),
    'not expanded': keywords('$Format:%d$', '$Format:%H$', '$Format:%ci$'),
    'a file of an sdist': written(JSON.stringify(dictionary, null, 1)),
    'a file of an sdist, dirty': written(
      JSON.stringify({ ...dictionary, dirty: true, version: '3.1+2.gabc.dirty' }),
    ),
    'a file of an sdist with an error': written(
      JSON.stringify({ ...dictionary, error: 'no suitable tags', version: '0+unknown', date: null }),
    ),
    'a file of an sdist with Windows line ends': written(JSON.stringify(dictionary, null, 1)).replaceAll(
      '\n',
      '\r\n',
    ),
    'a file of an sdist that is broken': written('{"version": '),
    'an empty file': '',
    'another module': "__version__ = '9.9'\n",
  };
  const questions = (extra: Record<string, string> = {}) =>
    Object.entries(files).map(([name, text]) =>
      versioneer(name, { parentdir_prefix: 'project-', ...extra }, { 'src/_version.py': text }),
    );
  const folders = ['project-1.0', 'project-', 'Project-1.0', 'project-1.0.tar', 'other'];
  const noGit = { PATH: '/nonexistent' };
  return [
    {
      name: 'sources: in a repository',
      recipe: { history: PLAIN },
      questions: [...questions(), ...questions({ tag_prefix: 'v' }).map(renamed('v: '))],
    },
    { name: 'sources: without one', recipe: { folder: 'project-7.7' }, questions: questions() },
    ...folders.map((folder) => ({
      name: `parent folder: ${folder}`,
      recipe: { folder },
      questions: [
        versioneer('prefix', { parentdir_prefix: 'project-' }),
        versioneer('none', {}),
        versioneer('empty', { parentdir_prefix: '' }),
      ],
    })),
    {
      name: 'parent folder: one with a repository',
      recipe: { history: PLAIN, folder: 'project-1.0' },
      questions: [versioneer('prefix', { parentdir_prefix: 'project-' })],
    },
    {
      name: 'parent folder: one with a repository without commits',
      recipe: { history: [], folder: 'project-1.0' },
      questions: [versioneer('prefix', { parentdir_prefix: 'project-' })],
    },
    {
      name: 'environment',
      recipe: { history: PLAIN, folder: 'project-1.0' },
      questions: [
        { ...versioneer('no git on the PATH', {}), env: noGit },
        {
          ...versioneer('no git on the PATH, a parent folder', { parentdir_prefix: 'project-' }),
          env: noGit,
        },
        { ...versioneer('somebody else owns it', {}), env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } },
        { ...versioneer('GIT_DIR elsewhere', {}), env: { GIT_DIR: '/nonexistent' } },
        { ...scm('GIT_DIR elsewhere, setuptools-scm'), env: { ...NOW, GIT_DIR: '/nonexistent' } },
        { ...versioneer('another language', {}), env: { LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' } },
      ],
    },
    {
      name: 'git configuration',
      recipe: {
        history: PLAIN,
        change: MODIFIED,
        git: [
          ['config', 'core.abbrev', '12'],
          ['config', 'log.showSignature', 'true'],
          ['config', 'log.date', 'relative'],
          ['config', 'status.relativePaths', 'false'],
        ],
      },
      questions: [...styles('pep440', 'git-describe'), scm()],
    },
  ];
}

function scmSettings(): Case[] {
  const settings = [
    '',
    'version_scheme = "post-release"',
    'version_scheme = "no-guess-dev"',
    'version_scheme = "only-version"',
    'version_scheme = "python-simplified-semver"',
    'version_scheme = "release-branch-semver"',
    'local_scheme = "no-local-version"',
    'local_scheme = "dirty-tag"',
    'local_scheme = "node-and-timestamp"',
    'normalize = false',
    'tag_regex = "^v(?P<version>.*)$"',
    "tag_regex = '^(?:release-)?(\\d+\\.\\d+).*$'",
    'fallback_version = "5.5"',
    'git_describe_command = "git describe --dirty --tags --long --match v*"',
    'git_describe_command = ["git", "describe", "--tags", "--long"]',
    'dist_name = "x"',
    'root = "."',
    'version_scheme = "no-such-scheme"',
  ];
  const asked = settings.map((line) => scm(line || 'defaults', line));
  const histories: Record<string, Recipe> = {
    'three commits on': {
      history: ['commit main', 'tag v1.2.3', 'commit main', 'commit main', 'commit main'],
    },
    exact: { history: ['commit main', 'tag v1.2.3'] },
    modified: { history: ['commit main', 'tag v1.2'], change: MODIFIED },
    'modified, later': { history: ['commit main', 'tag v1.2rc1', 'commit main'], change: MODIFIED },
    untagged: { history: UNTAGGED },
    'a release branch': {
      history: ['commit main', 'tag v1.2.0', 'commit release/1.2'],
      checkout: 'release/1.2',
    },
    'a feature branch': { history: ['commit main', 'tag v1.2.0', 'commit feature/x'], checkout: 'feature/x' },
  };
  return Object.entries(histories).map(([name, recipe]) => ({
    name: `setuptools-scm: ${name}`,
    recipe,
    questions: [...asked, ...styles('pep440')],
  }));
}

function scmSources(): Case[] {
  const pretended = (name: string, env: Record<string, string>): Question => ({
    ...scm(name, '', '[project]\nname = "My.Project_x"\ndynamic = ["version"]\n'),
    env: { ...NOW, ...env },
  });
  const archival = (name: string, lines: string): Question => {
    const question = scm(`archive: ${name}`);
    return { ...question, files: { ...question.files, '.git_archival.txt': lines } };
  };
  const outside = [
    scm('nothing'),
    scm('fallback_version', 'fallback_version = "5.5"'),
    scm('parentdir_prefix_version', 'parentdir_prefix_version = "project-"'),
    scm(
      'parentdir_prefix_version of another',
      'parentdir_prefix_version = "other-"\nfallback_version = "0.1"',
    ),
    withFile(scm('PKG-INFO'), 'PKG-INFO', 'Metadata-Version: 2.1\nName: x\nVersion: 4.5.6\n\nVersion: 9\n'),
    withFile(scm('PKG-INFO without a version'), 'PKG-INFO', 'Name: x\nVersion: UNKNOWN\n'),
    archival(
      'a tag',
      `node: ${'c'.repeat(40)}\nnode-date: 2024-05-06T07:08:09+02:00\ndescribe-name: v1.4.0-0-gccccccc\nref-names: tag: v1.4.0\n`,
    ),
    archival(
      'commits on',
      `node: ${'c'.repeat(40)}\nnode-date: 2024-05-06T07:08:09+02:00\ndescribe-name: v1.4.0-3-gccccccc\n`,
    ),
    archival('a bare tag', `node: ${'c'.repeat(40)}\ndescribe-name: v1.4.0\n`),
    archival('names alone', `node: ${'c'.repeat(40)}\nref-names: HEAD -> main, tag: v2.0.0\n`),
    archival(
      'an old git',
      `node: ${'c'.repeat(40)}\ndescribe-name: %(describe:tags=true)\nref-names: tag: v2.0.0\n`,
    ),
    archival(
      'not filled in',
      'node: $Format:%H$\nnode-date: $Format:%cI$\ndescribe-name: $Format:%(describe:tags=true)$\nref-names: $Format:%D$\n',
    ),
  ];
  const hatch = (name: string, lines: string): Question => ({
    name: `hatch-vcs: ${name}`,
    tool: 'hatch-vcs',
    files: { 'pyproject.toml': `[tool.hatch.version]\nsource = "vcs"\n${lines}` },
    env: NOW,
  });
  return [
    {
      name: 'setuptools-scm: environment',
      recipe: { history: PLAIN },
      questions: [
        pretended('for all', { SETUPTOOLS_SCM_PRETEND_VERSION: '7.0' }),
        pretended('for one', { SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PROJECT_X: '8.0' }),
        pretended('for both', {
          SETUPTOOLS_SCM_PRETEND_VERSION: '7.0',
          SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PROJECT_X: '8.0',
        }),
        pretended('for another', { SETUPTOOLS_SCM_PRETEND_VERSION_FOR_OTHER: '8.0' }),
        pretended('empty', { SETUPTOOLS_SCM_PRETEND_VERSION: '' }),
        pretended('not normal', { SETUPTOOLS_SCM_PRETEND_VERSION: '1.0-RC1' }),
        ...styles('pep440'),
      ],
    },
    {
      name: 'setuptools-scm: outside of a repository',
      recipe: { folder: 'project-6.6' },
      questions: outside,
    },
    {
      name: 'setuptools-scm: in a folder of a repository',
      recipe: { history: PLAIN, layout: 'subfolder' },
      questions: [
        scm('as it is'),
        scm('root', 'root = "../.."'),
        scm('search_parent_directories', 'search_parent_directories = true'),
        ...styles('pep440'),
      ],
    },
    ...[PLAIN, EXACT, UNTAGGED].map((history, index) => ({
      name: `hatch-vcs: ${['three commits on', 'exact', 'untagged'][index]}`,
      recipe: { history },
      questions: [
        hatch('defaults', ''),
        hatch('tag-pattern', "tag-pattern = '^(?P<version>\\d+).*$'\n"),
        hatch('raw-options', '[tool.hatch.version.raw-options]\nlocal_scheme = "no-local-version"\n'),
        hatch('fallback-version', 'fallback-version = "3.3"\n'),
        ...styles('pep440'),
      ],
    })),
    {
      name: 'hatch-vcs: no repository',
      recipe: {},
      questions: [hatch('fallback-version', 'fallback-version = "3.3"\n'), hatch('nothing', '')],
    },
  ];
}

function withFile(question: Question, name: string, text: string): Question {
  return { ...question, files: { ...question.files, [name]: text } };
}

/** Histories as `random` makes them; the same ones every time for the same source of numbers. */
function randomHistories(count: number): Case[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `random history ${index}`,
    recipe: randomRecipe(numbers(index + 1)),
    questions: [
      ...styles(STYLES[index % 8]!, STYLES[(index + 3) % 8]!),
      versioneer('v', { tag_prefix: 'v' }),
      ...(index % 4 ? [] : [scm()]),
    ],
  }));
}

/** @param below a source of random whole numbers from 0 up to, and without, its argument */
export function randomRecipe(below: (limit: number) => number): Recipe {
  const history = ['commit main'];
  const names = ['main'];
  const used = new Set<string>();
  const steps = below(14);
  let commits = 1;
  for (let step = 0; step < steps; step++) {
    const branch = names[below(names.length)]!;
    const date = below(3) === 0 ? ` ${1_500_000_000 + below(200_000_000)}` : '';
    const kind = below(10);
    if (kind < 4) history.push(`commit ${branch}${date}`);
    else if (kind < 5) {
      const name = ['master', 'topic/a', 'b2'].find((candidate) => !names.includes(candidate));
      history.push(`commit ${name ?? branch}${date}`);
      if (name) names.push(name);
    } else if (kind < 7) {
      const other = names[below(names.length)]!;
      if (other === branch) history.push(`commit ${branch}`);
      else history.push(`merge ${branch} ${other}${date}`);
    } else {
      const tag = `${['', 'v'][below(2)]}${below(3)}.${below(4)}${['', 'rc1', '.post1'][below(3)]}`;
      if (!used.has(tag)) history.push(`${['tag', 'annotate'][below(2)]} ${tag} ${1 + below(commits)}`);
      used.add(tag);
      continue;
    }
    commits++;
  }
  return {
    history,
    checkout: names[below(names.length)]!,
    detached: below(4) === 0,
    zone: ['+0000', '+0545', '-0330'][below(3)],
    change: below(3) === 0 ? MODIFIED : undefined,
  };
}

/** The minimal standard generator of Park and Miller. */
function numbers(seed: number): (limit: number) => number {
  let state = seed * 7919;
  return (limit) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
}

function styles(...names: readonly string[]): Question[] {
  return [...new Set(names)].map((style) => versioneer(style, { style }));
}

export function versioneer(
  name: string,
  settings: Record<string, string>,
  files: Record<string, string> = {},
): Question {
  const lines = Object.entries({
    VCS: 'git',
    versionfile_source: 'src/_version.py',
    tag_prefix: '',
    ...settings,
  });
  const section = lines.map(([key, value]) => `${key} = ${value}\n`).join('');
  return {
    name,
    tool: 'versioneer',
    files: { 'setup.py': '', 'setup.cfg': `[versioneer]\n${section}`, ...files },
  };
}

function scm(name = 'setuptools-scm', lines = '', head = ''): Question {
  const files = { 'pyproject.toml': `${head}[tool.setuptools_scm]\n${lines}\n` };
  return { name, tool: 'setuptools-scm', files, env: NOW };
}

/** Puts files into a project's root; returns their paths. */
export function writeFiles(root: string, files: Record<string, string>): string[] {
  return Object.entries(files).map(([name, text]) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
}

function renamed(prefix: string): (question: Question) => Question {
  return (question) => ({ ...question, name: prefix + question.name });
}
