import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../../lib/text/user-error.js';
import {
  planVersionFile,
  type ProjectVersion,
  VERSION_FILE,
  versionFileWanted,
  versionLabels,
  versionTag,
  writeVersionFile,
} from '../../../lib/version/index.js';

const VERSION: ProjectVersion = {
  dictionary: {
    version: '1.2+3.gabcdef0.dirty',
    'full-revisionid': 'abcdef0'.padEnd(40, '1'),
    dirty: true,
    error: null,
    date: '2024-05-06T07:08:09+0200',
  },
  scheme: 'versioneer',
  source: 'git',
  warnings: [],
};

const PYTHONS = ['python3', 'python2.7'].filter((name) => {
  try {
    execFileSync(name, ['-c', 'import json'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

describe('_version.py.bld', function () {
  this.timeout(600_000);
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'version-file-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = async (version: ProjectVersion) => {
    const plan = await planVersionFile(root, version);
    await writeVersionFile(plan);
    return plan;
  };
  /** What Python makes of an expression about the module, for each version; the text goes over as bytes, in ASCII. */
  const run = async (python: string, expression: string, versions: ProjectVersion[]): Promise<unknown> => {
    const texts = await Promise.all(
      versions.map(async (version) => (await planVersionFile(root, version)).text),
    );
    const script = [
      'import json, sys',
      'def ask(text):',
      '    module = {}',
      '    exec(text.encode("ascii"), module)',
      `    return ${expression}`,
      'print(json.dumps([ask(text) for text in json.load(sys.stdin)]))',
    ];
    return JSON.parse(
      execFileSync(python, ['-c', script.join('\n')], { input: JSON.stringify(texts) }).toString(),
    );
  };
  const withText = (text: string, scheme: ProjectVersion['scheme'] = 'versioneer'): ProjectVersion => ({
    ...VERSION,
    scheme,
    dictionary: { ...VERSION.dictionary, version: text, error: text },
  });

  for (const python of PYTHONS) {
    it(`gives the dictionary to ${python}`, async () => {
      const expression = '[module["get_versions"](), json.loads(module["version_json"])]';
      expect(await run(python, expression, [VERSION])).to.deep.equal([
        [VERSION.dictionary, VERSION.dictionary],
      ]);
    });

    it(`gives any text to ${python} unchanged`, async () => {
      const nasty = [
        ...[
          "'''",
          "''''",
          '"',
          '\\',
          '\\u0041',
          '\\\\u0041',
          '\\n',
          '\n',
          '\t\u0001',
          'é',
          '\u{1F433}',
          "'",
          '%s {x} ${y}',
        ],
        ...fc.sample(fc.string({ unit: fc.constantFrom("'", '"', '\\', 'u', '0', '2', 'n', 'ß') }), 50),
      ];
      const versions = nasty.map((text) => withText(text, 'setuptools-scm'));
      expect(await run(python, 'module["get_versions"]()["error"]', versions)).to.deep.equal(nasty);
    });

    it(`gives ${python} the names of setuptools-scm's version file where that made the version`, async () => {
      const tuples: [string, unknown[]][] = [
        ['1.2.dev3+gabc.d20240101', [1, 2, 'dev3', 'gabc.d20240101']],
        ['1!2.0rc1.post4', ['1!', 2, 0, 'rc1', 'post4']],
        ['7', [7]],
        ["no 'version'", ["no 'version'"]],
      ];
      const versions = tuples.map(([version]) => withText(version, 'setuptools-scm'));
      const expression =
        '[module["version"], module["__version__"], isinstance(module["version_tuple"], tuple), module["__version_tuple__"]]';
      const expected = tuples.map(([version, tuple]) => [version, version, true, tuple]);
      expect(await run(python, expression, versions)).to.deep.equal(expected);
    });
  }

  it('is read by versioneer as the version file of an sdist', async () => {
    const { text } = await planVersionFile(root, VERSION);
    const json = /version_json = '''\n(.*)''' {2}# END VERSION_JSON/s.exec(text)?.[1];
    expect(JSON.parse(json ?? '')).to.deep.equal(VERSION.dictionary);
  });

  it('stays untouched until its content changes', async () => {
    expect((await write(VERSION)).changed).to.be.true;
    const path = join(root, VERSION_FILE);
    utimesSync(path, 1_500_000_000, 1_500_000_000);
    expect((await write(VERSION)).changed).to.be.false;
    expect(statSync(path).mtimeMs).to.equal(1_500_000_000_000);

    const start = Date.now();
    expect((await write({ ...VERSION, dictionary: { ...VERSION.dictionary, dirty: false } })).changed).to.be
      .true;
    expect(statSync(path).mtimeMs).to.be.at.least(start - 1000);
    expect(readdirSync(root)).to.deep.equal([VERSION_FILE]);
  });

  it('is planned without being written', async () => {
    const plan = await planVersionFile(root, VERSION);
    expect(plan.changed).to.be.true;
    expect(readdirSync(root)).to.deep.equal([]);
  });

  it('says why it cannot be written, and leaves nothing behind', async () => {
    mkdirSync(join(root, VERSION_FILE));
    const error: unknown = await write(VERSION).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UserError).with.property('code', 'VERSION_FILE_UNWRITABLE');
    expect(readdirSync(root)).to.deep.equal([VERSION_FILE]);
  });

  describe('in a build', () => {
    const wanted = (files: Record<string, string>) => {
      mkdirSync(join(root, 'docker/app'), { recursive: true });
      for (const [name, text] of Object.entries({ 'docker/app/Dockerfile': 'FROM busybox\n', ...files })) {
        writeFileSync(join(root, name), text);
      }
      return versionFileWanted(root, [join(root, 'docker/app/Dockerfile')]);
    };
    const cases: [string, boolean, Record<string, string>][] = [
      [
        'a project without any sign of it',
        false,
        { 'pyproject.toml': '[project]\nname = "x"\n', 'setup.cfg': '[metadata]\n' },
      ],
      ['versioneer in setup.cfg', true, { 'setup.cfg': '[versioneer]\nVCS = git\nversionfile_source = a\n' }],
      [
        'versioneer in pyproject.toml',
        true,
        { 'pyproject.toml': '[tool.versioneer]\nVCS = "git"\nversionfile_source = "a"\n' },
      ],
      ['setuptools-scm', true, { 'pyproject.toml': '[tool.setuptools_scm]\n' }],
      [
        'setuptools-scm[simple]',
        true,
        {
          'pyproject.toml':
            '[build-system]\nrequires = ["setuptools-scm[simple]>=9.2"]\n[project]\nname = "x"\ndynamic = ["version"]\n',
        },
      ],
      ['hatch-vcs', true, { 'pyproject.toml': '[tool.hatch.version]\nsource = "vcs"\n' }],
      ['another source of hatch', false, { 'pyproject.toml': '[tool.hatch.version]\nsource = "regex"\n' }],
      [
        'a Dockerfile',
        true,
        { 'docker/app/Dockerfile': 'FROM busybox\nCOPY _version.py.bld /x/_version.py\n' },
      ],
      ['.dockerignore', true, { '.dockerignore': '*\n!_version.py.bld\n' }],
      [
        'an ignore file of the Dockerfile',
        true,
        { 'docker/app/Dockerfile.dockerignore': '!_version.py.bld\n' },
      ],
    ];
    for (const [name, answer, files] of cases) {
      it(`is ${answer ? '' : 'not '}written for ${name}`, async () =>
        expect(await wanted(files)).to.equal(answer));
    }
  });
});

describe('versionLabels', () => {
  it("has the commit's date in RFC 3339, so that the same commit gives the same image", () => {
    expect(versionLabels(VERSION)).to.deep.equal({
      'org.opencontainers.image.version': '1.2+3.gabcdef0.dirty',
      'org.opencontainers.image.revision': 'abcdef0'.padEnd(40, '1'),
      'org.opencontainers.image.created': '2024-05-06T07:08:09+02:00',
    });
  });

  it('leaves out what nobody knows', () => {
    const dictionary = { version: '0+unknown', 'full-revisionid': null, dirty: null, error: 'x', date: null };
    expect(versionLabels({ ...VERSION, dictionary })).to.deep.equal({});
  });
});

describe('versionTag', () => {
  const tags: [string, string][] = [
    ['1.2+3.gabcdef0.dirty', '1.2-3.gabcdef0.dirty'],
    ['0+unknown', '0-unknown'],
    ['1!2.0', '1-2.0'],
    ['release/1.0-3-gabc', 'release-1.0-3-gabc'],
    ['1.0ß', '1.0-'],
    ['1'.repeat(200), '1'.repeat(128)],
  ];
  for (const [version, tag] of tags) {
    it(`${version.slice(0, 40)} is ${tag.slice(0, 40)}`, () => {
      expect(versionTag({ ...VERSION, dictionary: { ...VERSION.dictionary, version } })).to.equal(tag);
    });
  }
});
