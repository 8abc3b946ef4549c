import { execFile } from 'node:child_process';

import { UserError } from '../text/user-error.js';

/** Milliseconds after which a git command is given up: a cold index of a very large tree may take a minute. */
const TIME_LIMIT = 120_000;
const OUTPUT_LIMIT = 64 * 1024 * 1024;

export interface GitAnswer {
  ok: boolean;
  /** Standard output without the white space around it. */
  text: string;
  /** What git said on standard error, or that there is no git. */
  complaint: string;
}

/** Asks git in one folder; a command that fails is an answer, not an exception. */
export type Git = (...args: string[]) => Promise<GitAnswer>;

/**
 * git in `folder`. No command run through it writes to the repository: optional locks are off, and so is the file
 * system monitor, which leaves cookies in `.git`.
 *
 * @param env environment of git
 * @param flags git's own, before the command
 * @throws UserError GIT_TIMEOUT (from the returned function) when a command takes longer than two minutes
 */
export function gitIn(folder: string, env: NodeJS.ProcessEnv, flags: readonly string[] = []): Git {
  const quiet = {
    ...env,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    LANGUAGE: '',
  };
  return (...args) =>
    new Promise((resolve, reject) => {
      execFile(
        'git',
        ['-c', 'core.fsmonitor=false', ...flags, ...args],
        { cwd: folder, env: quiet, timeout: TIME_LIMIT, maxBuffer: OUTPUT_LIMIT, windowsHide: true },
        (error, stdout, stderr) => {
          if (error?.killed) {
            const seconds = TIME_LIMIT / 1000;
            const sentence = `git ${args[0]} in ${folder} gave no answer within ${seconds} s; run it by hand to see why`;
            reject(new UserError('GIT_TIMEOUT', sentence, { cause: error }));
          } else {
            const complaint = error?.code === 'ENOENT' ? MISSING : stderr.trim();
            resolve({ ok: !error, text: stdout.trim(), complaint });
          }
        },
      );
    });
}

const MISSING = 'git: command not found';

/** What the user should do about a repository: where git refused it, or where it is a shallow clone. */
export function adviceOn(repository: { complaint?: string; shallow?: boolean }, folder: string): string[] {
  const { complaint = '', shallow = false } = repository;
  if (shallow) {
    const remedy = 'run "git fetch --unshallow --tags" for the exact version';
    return [`${folder} is a shallow clone, in which tags and commits may be missing: ${remedy}`];
  }
  if (complaint === MISSING)
    return ['git is not on the PATH: install it, so that the version can be computed'];
  if (complaint.includes('dubious ownership')) {
    const remedy = `run "git config --global --add safe.directory ${folder}"`;
    return [`git refuses ${folder}, which belongs to somebody else: ${remedy}`];
  }
  if (complaint.includes('not a git repository')) return [];
  const reason = complaint.split('\n').find((line) => line.startsWith('fatal: '));
  return reason === undefined ? [] : [`git in ${folder} says "${reason.slice('fatal: '.length)}"`];
}
