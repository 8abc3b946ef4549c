import type { VersioneerConfiguration } from './configuration.js';
import { adviceOn, gitIn } from './git.js';
import { versionFromKeywords } from './keywords.js';
import { versionFromParentFolder } from './parent-folder.js';
import { askGit, type Pieces } from './pieces.js';
import { versionFromFile } from './sdist-file.js';
import { dependsOnBranch, renderStyle } from './styles.js';
import type { Answer, Style, VersionDictionary } from './types.js';

/** Asks versioneer's sources in their order and takes the first that answers (`get_versions` of versioneer 0.29). */
export async function askVersioneer(
  root: string,
  configuration: VersioneerConfiguration,
  env: NodeJS.ProcessEnv,
): Promise<Answer> {
  const { style, tagPrefix, parentdirPrefix, versionfileSource } = configuration;
  const expanded = await versionFromKeywords(root, versionfileSource, tagPrefix);
  if (expanded) return { dictionary: expanded, source: 'keywords', warnings: [] };
  const written = await versionFromFile(root, versionfileSource);
  if (written) return { dictionary: written, source: 'file', warnings: [] };

  const answer = await askRepository(root, [tagPrefix], style, env);
  if (answer.source === 'git' || !parentdirPrefix) return answer;
  const version = await versionFromParentFolder(root, parentdirPrefix);
  if (version === undefined) return answer;
  return {
    dictionary: { version, 'full-revisionid': null, dirty: false, error: null, date: null },
    source: 'parentdir',
    warnings: answer.warnings,
  };
}

/** The version that git alone gives; source `none` and `0+unknown` where git has no answer. */
export async function askRepository(
  root: string,
  prefixes: readonly string[],
  style: Style,
  env: NodeJS.ProcessEnv,
): Promise<Answer> {
  const pieces = await askGit(gitIn(root, env), prefixes, { branch: dependsOnBranch(style) });
  if ('complaint' in pieces) {
    const advice = adviceOn(pieces.complaint, root);
    return { dictionary: UNKNOWN, source: 'none', warnings: advice ? [advice] : [] };
  }
  return { dictionary: render(pieces, style), source: 'git', warnings: warningsOn(pieces) };
}

/** What versioneer answers when no source knows a version. */
export const UNKNOWN: VersionDictionary = {
  version: '0+unknown',
  'full-revisionid': null,
  dirty: null,
  error: 'unable to compute version',
  date: null,
};

/** What is worth telling about a repository that has answered. */
export function warningsOn(pieces: Pieces): string[] {
  if (!pieces.shallow) return [];
  const remedy = 'run "git fetch --unshallow --tags" for the exact version';
  return [`the repository is a shallow clone, so tags and commits may be missing: ${remedy}`];
}

function render(pieces: Pieces, style: Style): VersionDictionary {
  const { commit, dirty, date, error } = pieces;
  if (error) return { version: 'unknown', 'full-revisionid': commit, dirty: null, error, date: null };
  return { version: renderStyle(pieces, style), 'full-revisionid': commit, dirty, error: null, date };
}
