import { adviceOn, gitIn } from '../git.js';
import { type Answer, type Style, UNKNOWN, type VersionDictionary } from '../types.js';
import type { VersioneerConfiguration } from './configuration.js';
import { versionFromKeywords } from './keywords.js';
import { versionFromParentFolder } from './parent-folder.js';
import { askGit, type Pieces } from './pieces.js';
import { versionFromFile } from './sdist-file.js';
import { dependsOnBranch, renderStyle } from './styles.js';

/**
 * Asks versioneer's sources in their order and takes the first that answers (`get_versions` of versioneer 0.29).
 *
 * Other versions of versioneer differ. 0.28 does not take a folder with pyproject.toml alone for a root. 0.18 reads
 * setup.cfg alone, where tag_prefix must be set; it knows no styles that depend on the branch; pep440-pre writes
 * `1.2.post.dev3` where 0.29 writes `1.2.post0.dev3`, and does not count post-releases on; tags (and names in keywords)
 * count though no digit follows the prefix; and it heeds GIT_DIR.
 */
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

/**
 * The version that git alone gives; source `none` and `0+unknown` where git has no answer.
 *
 * @param prefixes of tags, see `askGit`
 */
export async function askRepository(
  root: string,
  prefixes: readonly string[],
  style: Style,
  env: NodeJS.ProcessEnv,
): Promise<Answer> {
  const { GIT_DIR: _, ...inherited } = env;
  const pieces = await askGit(gitIn(root, inherited), prefixes, { branch: dependsOnBranch(style) });
  if ('complaint' in pieces) {
    return { dictionary: UNKNOWN, source: 'none', warnings: adviceOn(pieces, root) };
  }
  return { dictionary: render(pieces, style), source: 'git', warnings: adviceOn(pieces, root) };
}

function render(pieces: Pieces, style: Style): VersionDictionary {
  const { commit, dirty, date, error } = pieces;
  if (error) return { version: 'unknown', 'full-revisionid': commit, dirty: null, error, date: null };
  return { version: renderStyle(pieces, style), 'full-revisionid': commit, dirty, error: null, date };
}
