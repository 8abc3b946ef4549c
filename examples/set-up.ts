import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('..', import.meta.url));

export interface ExampleProject {
  /** Absolute path of a copy of the example, a git repository with one commit. */
  folder: string;
  remove(): Promise<void>;
}

export interface SetUpOptions {
  tag?: string;
  prepare?: (folder: string) => Promise<void>;
}

/**
 * Makes a project of its own out of an example, as a user would who copies it: in a folder with the example's name,
 * under git, with this package (as it is compiled in `dist/`) and gulp installed.
 *
 * @param tag the version that its only commit is tagged with
 * @param prepare is done before that commit, instead of the installation
 */
export async function setUpExample(
  name: string,
  { tag, prepare = install }: SetUpOptions = {},
): Promise<ExampleProject> {
  const parent = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-'));
  const folder = join(parent, name);
  await cp(join(repository, 'examples', name), folder, {
    recursive: true,
    filter: (source) => !source.endsWith('/node_modules'),
  });
  await prepare(folder);

  const git = (...args: string[]) =>
    execute('git', ['-c', 'user.name=Example', '-c', 'user.email=example@example.org', ...args], {
      cwd: folder,
    });
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'Start');
  if (tag !== undefined) await git('tag', tag);
  return { folder, remove: () => rm(parent, { recursive: true, force: true }) };
}

/** Installs this repository and its gulp, without npm. */
async function install(folder: string): Promise<void> {
  const installed = join(folder, 'node_modules');
  await mkdir(join(installed, '.bin'), { recursive: true });
  await symlink(repository, join(installed, 'gulp-dockerutils'));
  await symlink(join(repository, 'node_modules', 'gulp'), join(installed, 'gulp'));
  await symlink('../gulp/bin/gulp.js', join(installed, '.bin', 'gulp'));
}
