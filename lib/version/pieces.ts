import { type Git, type GitAnswer } from './git.js';

/** What git knows of the commit that is checked out. */
export interface Pieces {
  /** Full id of the commit. */
  commit: string;
  /** Abbreviated id, as `git describe` chose its length. */
  short: string;
  /** Nearest tag without its prefix, null where none is reachable. */
  tag: string | null;
  /** Commits since the tag, or all of them where there is none. */
  distance: number;
  dirty: boolean;
  /** Only where it was asked for; null on a detached HEAD that no branch contains. */
  branch?: string | null;
  /** Committer date, `2024-05-06T07:08:09+0200`. */
  date: string;
  /** Set where the output of `git describe` makes no sense; then only `commit` counts. */
  error?: string;
  shallow: boolean;
}

export interface NoPieces {
  /** What git said of it; empty where it said nothing. */
  complaint: string;
}

/**
 * Asks git for everything at once (`git_pieces_from_vcs` of versioneer 0.29).
 *
 * `git describe --dirty` rewrites the index even when optional locks are off; `git status` answers the same question
 * without a write, and runs beside it.
 *
 * @param prefixes what stands before the version in a tag, such as `v`; a tag with any of them counts, and the first
 *   that fits is taken off
 * @returns the complaint of git where the folder is in no repository, or the repository has no commit
 */
export async function askGit(
  git: Git,
  prefixes: readonly string[],
  options: { branch: boolean },
): Promise<Pieces | NoPieces> {
  const patterns = prefixes.flatMap((prefix) => ['--match', `${prefix}[[:digit:]]*`]);
  const [described, status, shown, located] = await Promise.all([
    git('describe', '--tags', '--always', '--long', ...patterns),
    git('status', '--porcelain', '--untracked-files=no'),
    git('show', '-s', '--no-show-signature', '--format=%H%n%ci', 'HEAD'),
    git('rev-parse', '--is-shallow-repository', '--abbrev-ref', 'HEAD'),
  ]);
  const failed = [described, status, shown, located].find((answer) => !answer.ok);
  if (failed) return { complaint: failed.complaint };

  const [commit = '', date = ''] = shown.text.split('\n');
  const [shallow, branch = ''] = located.text.split('\n');
  const nearest = await nearestTag(git, described, prefixes, commit);
  return {
    commit,
    ...nearest,
    dirty: status.text !== '',
    branch: options.branch ? await namedBranch(git, branch) : undefined,
    date: compactDate(date),
    shallow: shallow === 'true',
  };
}

/** git's `%ci` form to the one that versioneer writes: `2024-05-06 07:08:09 +0200` to `2024-05-06T07:08:09+0200`. */
export function compactDate(date: string): string {
  return date.trim().replace(' ', 'T').replace(' ', '');
}

async function nearestTag(
  git: Git,
  described: GitAnswer,
  prefixes: readonly string[],
  commit: string,
): Promise<Pick<Pieces, 'tag' | 'distance' | 'short' | 'error'>> {
  const unknown = { tag: null, distance: 0, short: commit.slice(0, 7) };
  if (!described.text.includes('-')) {
    const count = await git('rev-list', '--count', 'HEAD');
    return { ...unknown, distance: Number(count.text) };
  }
  const [, name, distance, short] = /^(.+)-(\d+)-g([0-9a-f]+)$/.exec(described.text) ?? [];
  if (name === undefined || short === undefined) {
    return { ...unknown, error: `unable to parse git-describe output: '${described.text}'` };
  }
  // A prefix may hold characters that mean something else to --match, such as `[`.
  const prefix = prefixes.find((candidate) => name.startsWith(candidate));
  if (prefix === undefined) {
    return { ...unknown, error: `tag '${name}' doesn't start with prefix '${prefixes[0]}'` };
  }
  return { tag: name.slice(prefix.length), distance: Number(distance), short };
}

/** A detached HEAD counts as `master` where that contains it, else as the first branch that does. */
async function namedBranch(git: Git, branch: string): Promise<string | null> {
  if (branch !== 'HEAD') return branch;
  const contains = await git('branch', '--contains');
  const lines = contains.text.split('\n');
  if (lines[0]?.includes('(')) lines.shift();
  const branches = lines.map((line) => line.slice(2));
  return branches.includes('master') ? 'master' : (branches[0] ?? null);
}
