import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../lib/project/run-cfg/config-parser.js';
import { parseDestination } from '../../lib/publish/destination.js';
import { Refusal } from '../../lib/publish/refusal.js';
import { computeVersion } from '../../lib/version/compute.js';
import { readConfiguration } from '../../lib/version/configuration.js';
import { adviceOn, type Git } from '../../lib/version/git.js';
import { scmConfiguration } from '../../lib/version/setuptools-scm/configuration.js';
import { parseDescribed } from '../../lib/version/setuptools-scm/describe.js';
import { askFallbacks } from '../../lib/version/setuptools-scm/fallbacks.js';
import { renderScheme } from '../../lib/version/setuptools-scm/schemes.js';
import { readTag } from '../../lib/version/setuptools-scm/tag.js';
import { STYLES } from '../../lib/version/types.js';
import { versionFileText } from '../../lib/version/version-file.js';
import { askGit } from '../../lib/version/versioneer/pieces.js';
import { renderStyle } from '../../lib/version/versioneer/styles.js';
import { type Parser, reading } from './parser.js';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));

/** A project of these files alone, in no repository. */
function projectOf(files: Readonly<Record<string, string>>): string {
  const root = join(folder, 'pkg-1.2');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

const PYPROJECT = `[project]
name = "pkg"
[build-system]
requires = ["setuptools>=64", "setuptools_scm[toml]>=8", "a ; python_version < '3'"]
[tool.setuptools_scm]
tag_regex = '^v(?P<version>\\d+\\.\\d+)$'
version_scheme = "no-guess-dev"
local_scheme = "no-local-version"
git_describe_command = "git describe --tags --long"
fallback_version = "0.1"
`;

const SETUP_CFG = `[metadata]
name = pkg
[versioneer]
VCS = git
style = pep440
versionfile_source = _version.py
tag_prefix = v
parentdir_prefix = pkg-
`;

const KEYWORDS = `def get_keywords():
    git_refnames = " (HEAD -> main, tag: v1.2, tag: v1.2rc1)"
    git_full = "0123"
    git_date = "2024-05-06 07:08:09 +0200"
`;
const WRITTEN = `version_json = '''
{"version": "1.2", "dirty": false, "error": null, "date": null, "full-revisionid": "01"}
'''  # END VERSION_JSON
`;
const ARCHIVAL = `node: 0123
node-date: 2024-05-06T07:08:09+02:00
describe-name: v1.2-3-g0123456
ref-names: HEAD -> main, tag: v1.2
`;
const SHOWN = '0123456789\n2024-05-06 07:08:09 +0200';

const configured = scmConfiguration({
  pyproject: { tool: { setuptools_scm: {} } },
  setupCfg: readConfig(''),
});

function scm() {
  if (!configured) throw new Error('setuptools-scm is not configured');
  return configured;
}

async function askedOf(text: string): Promise<void> {
  const answers = text.split('\n---\n');
  const git: Git = (command = '') => {
    const at = ['describe', 'status', 'show', 'rev-parse', 'rev-list', 'branch'].indexOf(command);
    return Promise.resolve({ ok: true, text: (answers[at] ?? '').trim(), complaint: '' });
  };
  const pieces = await askGit(git, ['v', ''], { branch: true });
  if ('complaint' in pieces) return;
  for (const style of STYLES) {
    const { commit, dirty, date } = pieces;
    const version = renderStyle(pieces, style);
    const dictionary = { version, 'full-revisionid': commit, dirty, error: null, date };
    versionFileText({ scheme: 'versioneer', dictionary, source: 'git', warnings: [] });
  }
}

const REGISTRY = [
  'denied: requested access to the resource is denied\nNote: x\n',
  'received unexpected HTTP status: 503 Service Unavailable',
  'Get "https://r.example.com/v2/?a=b": x509: certificate signed by unknown authority',
];

export const version: readonly Parser[] = [
  reading(
    'pyproject.toml',
    [PYPROJECT, '[tool.hatch.version]\nsource = "vcs"\n', '[tool.versioneer]\nVCS="git"\n'],
    async (text) => void (await readConfiguration(projectOf({ 'pyproject.toml': text }))),
  ),
  reading('setup.cfg', [SETUP_CFG], async (text) => {
    await readConfiguration(projectOf({ 'setup.cfg': text }));
  }),
  reading('_version.py', [KEYWORDS, WRITTEN], async (text) => {
    const root = projectOf({ 'setup.cfg': SETUP_CFG, '_version.py': text, '.git': 'gitdir: /nowhere' });
    const computed = await computeVersion(root, { env: { PATH: '' } });
    versionFileText(computed);
    return computed.warnings;
  }),
  reading('.git_archival.txt', [ARCHIVAL], async (text) => {
    await askFallbacks(projectOf({ '.git_archival.txt': text }), scm(), new Date(0));
  }),
  reading('PKG-INFO', ['Metadata-Version: 2.1\nName: pkg\nVersion: 1.2\n\ntext'], async (text) => {
    await askFallbacks(projectOf({ 'PKG-INFO': text }), scm(), new Date(0));
  }),
  reading('a tag', ['v1.2.3-4-g0123456', '1!2.3rc1.post2.dev3+a.b-4-gabc', 'release-1.2-0-g12'], (text) => {
    const { name, distance, node } = parseDescribed(text, scm());
    const tag = readTag(name, scm());
    if (tag) renderScheme({ tag, distance, node, dirty: true, branch: text, time: new Date(0) }, scm());
  }),
  reading(
    'what git answers',
    [
      ['v1.2-3-g0123456', '', SHOWN, 'false\nmain', '7', '* (HEAD)\n  main'].join('\n---\n'),
      ['0123456', ' M a', SHOWN, 'true\nHEAD', '7', '* (no branch)\n  master'].join('\n---\n'),
    ],
    askedOf,
  ),
  reading(
    'what git complains of',
    ['fatal: x\n', "fatal: detected dubious ownership in repository at 'x'", 'fatal: not a git repository'],
    (text) => adviceOn({ complaint: text }, folder),
  ),
  reading('what a registry says', REGISTRY, (text) => {
    const refusal = new Refusal(text);
    void refusal.passing;
    throw refusal.asUserError(parseDestination('r.example.com/a/b:1', { defaultTag: 'x' }), { tries: 2 });
  }),
];
