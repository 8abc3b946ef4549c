import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { programPath } from '../system/programs.js';
import { commandLine } from '../text/command-line.js';
import { printable } from '../text/printable.js';
import { maskUrls } from '../text/secrets.js';
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
 * @throws {UserError} `GIT_TIMEOUT` (from the returned function) when a command takes longer than two minutes
 */
export function gitIn(folder: string, env: NodeJS.ProcessEnv, flags: readonly string[] = []): Git {
  const quiet = {
    ...env,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    LANGUAGE: '',
  };
  const fails = (complaint: string) => () => Promise.resolve({ ok: false, text: '', complaint });
  // Where git would find none it need not be asked, several times for each image.
  if (
    env.GIT_DIR === undefined &&
    existsSync(folder) &&
    nearestRepository(realpathSync(folder)) === undefined
  )
    return fails(NOWHERE);
  const program = programPath('git', env);
  if (program === undefined) return fails(MISSING);
  return (...args) =>
    new Promise((resolve, reject) => {
      execFile(
        program,
        ['-c', 'core.fsmonitor=false', ...flags, ...args],
        { cwd: folder, env: quiet, timeout: TIME_LIMIT, maxBuffer: OUTPUT_LIMIT, windowsHide: true },
        (error, stdout, stderr) => {
          if (error?.killed) {
            const seconds = TIME_LIMIT / 1000;
            const sentence = `git ${args[0]} in ${folder} gave no answer within ${seconds} s; run it by hand to see why`;
            reject(new UserError('GIT_TIMEOUT', sentence, { cause: error }));
          } else {
            resolve({ ok: !error, text: stdout.trim(), complaint: complaintOf(error, stderr) });
          }
        },
      );
    });
}

const MISSING = 'git: command not found';
const NOWHERE = 'fatal: not a git repository (or any of the parent directories): .git';

/** A program that cannot be started says nothing by itself. */
function complaintOf(error: ExecFileException | null, stderr: string): string {
  if (error?.code === 'ENOENT') return MISSING;
  return stderr.trim() || (typeof error?.code === 'string' ? error.message : '');
}

/** What the user should do about a repository: where git refused it or cannot read it, or where it is a shallow clone. */
export function adviceOn(repository: { complaint?: string; shallow?: boolean }, folder: string): string[] {
  const { complaint = '', shallow = false } = repository;
  if (shallow) {
    const remedy = 'run "git fetch --unshallow --tags" for the exact version';
    return [`${folder} is a shallow clone, in which tags and commits may be missing: ${remedy}`];
  }
  if (complaint === '') return [];
  if (complaint === MISSING)
    return ['git is not on the PATH: install it, so that the version can be computed'];
  if (complaint.includes('dubious ownership')) {
    const named = folder.replaceAll(sep, '/');
    const remedy = `run "${commandLine(['git', 'config', '--global', '--add', 'safe.directory', named])}"`;
    return [`git refuses ${folder}, which belongs to somebody else: ${remedy}`];
  }
  if (complaint.includes("ambiguous argument 'HEAD'"))
    return [`${folder} has no commit on its branch yet: commit once, so that there is a version`];
  if (complaint.includes('not a git repository')) {
    const broken = nearestRepository(folder);
    if (broken === undefined) return [];
    return [
      `git does not take ${broken} for a repository, though it is there: run "git fsck" to see what is broken`,
    ];
  }
  const lines = complaint.split('\n');
  const reason = lines.find((line) => line.startsWith('fatal: ')) ?? lines.at(-1) ?? '';
  return [
    `git in ${folder} says "${maskUrls(printable(reason.replace(/^fatal: /, '')))}": run "git status" there to see why`,
  ];
}

/** The nearest `.git` from a folder upwards, or repository without a work tree. */
function nearestRepository(folder: string): string | undefined {
  const candidate = join(folder, '.git');
  if (existsSync(candidate)) return candidate;
  if (existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestRepository(parent);
}
