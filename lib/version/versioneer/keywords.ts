import { resolve } from 'node:path';
import { trimmed } from '../../text/trim.js';
import { readText } from '../read-text.js';
import type { VersionDictionary } from '../types.js';

/**
 * The version in the keywords of `versionfile_source` (`git_refnames = "…"` and the like), where git-archive has
 * expanded them; undefined where it has not (`git_versions_from_keywords` of versioneer 0.29).
 */
export async function versionFromKeywords(
  root: string,
  versionfileSource: string,
  tagPrefix: string,
): Promise<VersionDictionary | undefined> {
  const keywords = findKeywords((await readText(resolve(root, versionfileSource))) ?? '');
  const refnames = keywords.git_refnames?.trim();
  if (refnames === undefined || refnames.startsWith('$Format')) return undefined;

  const revision = keywords.git_full?.trim() ?? null;
  const version = pickVersion(refnames, tagPrefix);
  if (version === undefined) {
    return {
      version: '0+unknown',
      'full-revisionid': revision,
      dirty: false,
      error: 'no suitable tags',
      date: null,
    };
  }
  // Lines before the last one may hold what gpg said of a signature.
  const date = keywords.git_date?.split('\n').at(-1)?.trim().replace(' ', 'T').replace(' ', '') ?? null;
  return { version, 'full-revisionid': revision, dirty: false, error: null, date };
}

/** The last line counts of those that set the same. */
function findKeywords(text: string): { git_refnames?: string; git_full?: string; git_date?: string } {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name = '', value] = /^\s*(git_refnames|git_full|git_date) =\s*"(.*)"/.exec(line) ?? [];
    if (value !== undefined) found.set(name, value);
  }
  const [git_refnames, git_full, git_date] = ['git_refnames', 'git_full', 'git_date'].map((name) =>
    found.get(name),
  );
  return { git_refnames, git_full, git_date };
}

function pickVersion(refnames: string, tagPrefix: string): string | undefined {
  const refs = trimmed(refnames, /[()]/)
    .split(',')
    .map((ref) => ref.trim());
  const tags = refs.filter((ref) => ref.startsWith('tag: ')).map((ref) => ref.slice('tag: '.length));
  // git before 1.8.3 does not say which names are tags: those with a digit may be one.
  const candidates = tags.length > 0 ? tags : refs.filter((ref) => /\p{Nd}/u.test(ref));
  // Sorted, "2.0" comes before "2.0rc1".
  return candidates
    .sort()
    .filter((tag) => tag.startsWith(tagPrefix))
    .map((tag) => tag.slice(tagPrefix.length))
    .find((version) => /^\p{Nd}/u.test(version));
}
