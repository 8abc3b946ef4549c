import type { Git, GitAnswer } from './git.js';

/** The state of the commit that is checked out, whatever scheme computes the version. */
export interface Head {
  /** Full id. */
  commit: string;
  /** Committer date as versioneer writes it, `2024-05-06T07:08:09+0200`. */
  date: string;
  /** Whether tracked files differ from the commit. */
  dirty: boolean;
  /** `HEAD` where none is checked out. */
  branch: string;
  shallow: boolean;
}

export interface RepositoryState {
  /** Absent where there is no repository, or none with a commit and a work tree. */
  head?: Head;
  /** The answer to `git describe`. */
  described: GitAnswer;
  inRepository: boolean;
  /** What git said where there is no head. */
  complaint: string;
}

/**
 * Asks git for everything at once.
 *
 * `git describe --dirty` rewrites the index even when optional locks are off; `git status` answers the same question
 * without a write, and runs beside it.
 *
 * @param describe arguments of `git describe`, without `--dirty`
 */
export async function readRepositoryState(git: Git, describe: readonly string[]): Promise<RepositoryState> {
  const [described, status, shown, located] = await Promise.all([
    git('describe', ...describe),
    git('status', '--porcelain', '--untracked-files=no', '--no-renames'),
    git('show', '-s', '--no-show-signature', '--format=%H%n%ci', 'HEAD'),
    git('rev-parse', '--is-shallow-repository', '--abbrev-ref', 'HEAD'),
  ]);
  const [shallow = '', branch = ''] = located.text.split('\n');
  const failed = [status, shown, located].find((answer) => !answer.ok);
  if (failed) {
    const inRepository = shallow !== '';
    return { described, inRepository, complaint: failed.complaint };
  }
  const [commit = '', date = ''] = shown.text.split('\n');
  const head = {
    commit,
    date: date.replace(' ', 'T').replace(' ', ''),
    dirty: status.text !== '',
    branch,
    shallow: shallow === 'true',
  };
  return { head, described, inRepository: true, complaint: described.complaint };
}
