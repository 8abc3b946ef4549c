import type { Git, GitAnswer } from '../git.js';
import { type Head, readRepositoryState } from '../repository-state.js';

/** What versioneer's styles are made of. */
export interface Pieces extends Omit<Head, 'branch'> {
  /** Abbreviated id, as long as `git describe` made it. */
  short: string;
  /** Nearest tag without its prefix, null where none is reachable. */
  tag: string | null;
  /** Commits since the tag, or all of them where there is none. */
  distance: number;
  /** Only where it was asked for; null on a detached HEAD that no branch contains. */
  branch?: string | null;
  /** Set where the output of `git describe` makes no sense; then only `commit` counts. */
  error?: string;
}

export interface NoPieces {
  /** What git said of it. */
  complaint: string;
}

/**
 * The nearest tag and what came after it (`git_pieces_from_vcs` of versioneer 0.29).
 *
 * @param prefixes what stands before the version in a tag, such as `v`; a tag with any of them counts, and the first
 *   that fits is taken off
 * @returns git's complaint where the folder is in no repository, or the repository has no commit
 */
export async function askGit(
  git: Git,
  prefixes: readonly string[],
  options: { branch: boolean },
): Promise<Pieces | NoPieces> {
  const patterns = prefixes.flatMap((prefix) => ['--match', `${prefix}[[:digit:]]*`]);
  const state = await readRepositoryState(git, ['--tags', '--always', '--long', ...patterns]);
  if (!state.head || !state.described.ok) return { complaint: state.complaint };
  return {
    ...state.head,
    ...(await nearestTag(git, state.described, prefixes, state.head.commit)),
    branch: options.branch ? await namedBranch(git, state.head.branch) : undefined,
  };
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
  // To --match, the prefix is a pattern: `v*` finds tags that do not start with it.
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
