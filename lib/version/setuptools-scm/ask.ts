import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { adviceOn, gitIn } from '../git.js';
import { readRepositoryState, type RepositoryState } from '../repository-state.js';
import { type Answer, UNKNOWN } from '../types.js';
import { parseDescribed } from './describe.js';
import { askFallbacks } from './fallbacks.js';
import { parsePep440 } from './pep440.js';
import { renderScheme, type ScmState } from './schemes.js';
import type { ScmConfiguration } from './settings.js';
import { badTag, readTag, type ScmTag } from './tag.js';

/**
 * The version by setuptools-scm's rules (8.2, or 9.2 where the project requires that), in versioneer's dictionary: an
 * environment variable, git, then the fallbacks.
 */
export async function askSetuptoolsScm(
  root: string,
  configuration: ScmConfiguration,
  env: NodeJS.ProcessEnv,
): Promise<Answer> {
  const time = env.SOURCE_DATE_EPOCH ? new Date(Number(env.SOURCE_DATE_EPOCH) * 1000) : new Date();
  const git = gitOf(root, configuration, env);
  const state = git ? await readRepositoryState(git, configuration.describe) : undefined;
  const head = state?.head;
  const warnings = state ? adviceOn(head ?? state, root) : [];
  const known = knownOf(state);
  const pretended = pretendedVersion(configuration, env);
  if (pretended) return { dictionary: { version: pretended, ...known }, source: 'environment', warnings: [] };
  if (state?.inRepository) {
    const count = async () => (head && git ? Number((await git('rev-list', '--count', 'HEAD')).text) : 0);
    const version = renderScheme({ ...(await scmStateOf(state, configuration, count)), time }, configuration);
    return { dictionary: { version, ...known }, source: 'git', warnings };
  }
  const fallback = await askFallbacks(root, configuration, time);
  return fallback ? { ...fallback, warnings } : { dictionary: UNKNOWN, source: 'none', warnings };
}

function gitOf(root: string, configuration: ScmConfiguration, env: NodeJS.ProcessEnv) {
  const folder = repositoryOf(resolve(root, configuration.root), configuration.searchParentDirectories);
  if (folder === undefined) return undefined;
  return gitIn(folder, withoutGitVariables(env), ['--git-dir', join(folder, '.git')]);
}

/** What the dictionary has beside the version. */
function knownOf(state: RepositoryState | undefined) {
  const head = state?.head;
  return {
    'full-revisionid': head?.commit ?? null,
    dirty: head?.dirty ?? state?.inRepository ?? null,
    error: null,
    date: head?.date ?? null,
  };
}

async function scmStateOf(
  { head, described }: RepositoryState,
  configuration: ScmConfiguration,
  countCommits: () => Promise<number>,
): Promise<Omit<ScmState, 'time'>> {
  const branch = head?.branch ?? null;
  if (head && described.ok) {
    const { name, distance, node } = parseDescribed(described.text, configuration);
    const tag = readTag(name, configuration);
    if (!tag) throw badTag(name, configuration);
    const dirty = head.dirty && configuration.describeDirty;
    return { tag, distance, node: node && shorten(node, configuration), dirty, branch };
  }
  return {
    tag: fallbackTag(configuration),
    distance: await countCommits(),
    node: head
      ? shorten(`g${head.commit.slice(0, configuration.since9 ? undefined : 7)}`, configuration)
      : null,
    dirty: head?.dirty ?? true,
    branch,
  };
}

function fallbackTag(configuration: ScmConfiguration): ScmTag {
  const text = (configuration.since9 && configuration.fallbackVersion) || '0.0';
  const parsed = parsePep440(text);
  if (!parsed) throw badTag(text, configuration);
  return { text, parsed };
}

/** setuptools-scm 9 has its own length of a commit's id, 8 and before leave it to git. */
function shorten(node: string, { since9 }: ScmConfiguration): string {
  return since9 ? node.slice(0, 10) : node;
}

/** The folder itself where it holds `.git`; its parents only where the configuration says so. */
function repositoryOf(folder: string, searchParents: boolean): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return searchParents && parent !== folder ? repositoryOf(parent, true) : undefined;
}

/** The variable with the project's name counts more than the one for all, even when it is empty. */
function pretendedVersion({ distName }: ScmConfiguration, env: NodeJS.ProcessEnv): string | undefined {
  const name = distName?.replace(/[-_.]+/g, '_').toUpperCase();
  const named = name === undefined ? undefined : env[`SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name}`];
  return named ?? env.SETUPTOOLS_SCM_PRETEND_VERSION;
}

const KEPT = ['GIT_CEILING_DIRECTORIES', 'GIT_EXEC_PATH', 'GIT_SSH', 'GIT_SSH_COMMAND'];

/** As setuptools-scm does: within a hook of another repository, GIT_ variables would lead git to that repository. */
function withoutGitVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.includes(name)),
  );
}
