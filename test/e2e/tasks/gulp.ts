import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

export const gulpProgram = join(repository, 'node_modules/gulp/bin/gulp.js');

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs gulp as a user would, in a project's folder. */
export async function gulp(
  cwd: string,
  args: readonly string[],
  { env = process.env, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [gulpProgram, ...args], {
    cwd,
    // Signs beyond ASCII are for terminals that know them.
    env: { ...env, LANG: 'C.UTF-8' },
    stdio: 'pipe',
  });
  child.stdin.end(input);
  const [stdout, stderr, [status, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { status, signal, stdout, stderr };
}

export interface TemporaryProject extends AsyncDisposable {
  folder: string;
}

/**
 * A project in a temporary folder, with a gulpfile of three lines unless `files` has its own.
 *
 * @param files texts by their paths; `docker/dev/Dockerfile` makes an image
 */
export async function project(files: Record<string, string>, name = 'sample'): Promise<TemporaryProject> {
  const parent = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-test-'));
  const folder = join(parent, name);
  const all = { 'gulpfile.mjs': THREE_LINES, 'package.json': '{ "private": true }', ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(repository, join(folder, 'node_modules/gulp-dockerutils'));
  await symlink(join(repository, 'node_modules/gulp'), join(folder, 'node_modules/gulp'));
  return { folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}

const THREE_LINES = `import gulp from 'gulp';
import { DockerRegistry } from 'gulp-dockerutils';
gulp.registry(new DockerRegistry());
`;
