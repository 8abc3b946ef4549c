/** Styles that versioneer renders a version in; `pep440` is its default. */
export const STYLES = [
  'pep440',
  'pep440-branch',
  'pep440-pre',
  'pep440-post',
  'pep440-post-branch',
  'pep440-old',
  'git-describe',
  'git-describe-long',
] as const;

export type Style = (typeof STYLES)[number];

/** What versioneer's `get_versions()` returns, key by key. */
export interface VersionDictionary {
  /** Such as `1.2+3.g0123abc.dirty`; `0+unknown` where no source knows one. */
  version: string;
  /** Full id of the commit, null where there is no repository. */
  'full-revisionid': string | null;
  /** Whether tracked files differ from the commit; null where nobody knows. */
  dirty: boolean | null;
  /** Why there is no version, null where there is one. */
  error: string | null;
  /** Committer date of the commit, `2024-05-06T07:08:09+0200`. */
  date: string | null;
}

/** What versioneer answers when no source knows a version. */
export const UNKNOWN: VersionDictionary = {
  version: '0+unknown',
  'full-revisionid': null,
  dirty: null,
  error: 'unable to compute version',
  date: null,
};

/** Whose rules made the version: the tool that the project is configured for, or `git` where it is for none. */
export type Scheme = 'versioneer' | 'setuptools-scm' | 'hatch-vcs' | 'git';

/**
 * Where it was found: keywords that git-archive expanded, the file of an sdist, git, the name of a parent folder, an
 * environment variable, a fallback of the configuration, or nowhere.
 */
export type Source = 'keywords' | 'file' | 'git' | 'parentdir' | 'environment' | 'fallback' | 'none';

export interface ProjectVersion {
  dictionary: VersionDictionary;
  scheme: Scheme;
  source: Source;
  /** Sentences for the user, such as what to do about git's "dubious ownership". */
  warnings: readonly string[];
}

/** A version and where it was found: what one scheme answers. */
export type Answer = Omit<ProjectVersion, 'scheme'>;
