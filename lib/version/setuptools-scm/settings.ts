/** The version schemes of setuptools-scm that only depend on git. */
export const VERSION_SCHEMES = [
  'guess-next-dev',
  'no-guess-dev',
  'only-version',
  'post-release',
  'python-simplified-semver',
  'release-branch-semver',
] as const;
export const LOCAL_SCHEMES = [
  'node-and-date',
  'node-and-timestamp',
  'dirty-tag',
  'no-local-version',
] as const;

export type VersionScheme = (typeof VERSION_SCHEMES)[number];
export type LocalScheme = (typeof LOCAL_SCHEMES)[number];

/** The settings of setuptools-scm that decide a version, its own defaults filled in. */
export interface ScmConfiguration {
  /** hatch-vcs has setuptools-scm make the version, from settings of its own. */
  scheme: 'setuptools-scm' | 'hatch-vcs';
  /** For messages: `pyproject.toml [tool.setuptools_scm]`. */
  origin: string;
  /** Folder of the repository, relative to the project. */
  root: string;
  searchParentDirectories: boolean;
  /** Name in `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_<NAME>`. */
  distName?: string;
  versionScheme: VersionScheme;
  localScheme: LocalScheme;
  /** Its group `version`, or its only one, holds the version of a tag. */
  tagRegex: RegExp;
  normalize: boolean;
  /** Arguments of `git describe`, without `--dirty`. */
  describe: readonly string[];
  /** Whether a changed work tree counts: the describe command has `--dirty`. */
  describeDirty: boolean;
  parentdirPrefix?: string;
  fallbackVersion?: string;
  /** Whether the project requires setuptools-scm 9 or later, which answers differently from 8 in some cases. */
  since9: boolean;
}
