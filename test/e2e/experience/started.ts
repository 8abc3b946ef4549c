import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BedEngine } from '../../bed/index.js';
import type { PackageIndex } from '../examples/package-index.js';
import { gulp } from '../tasks/gulp.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(repository, 'dist/bin/gulp-dockerutils.js');

export interface Started {
  folder: string;
  /** What init said. */
  said: string;
  gulp: (...words: string[]) => ReturnType<typeof gulp>;
}

/** A project that `init` has started, with gulp installed; for Python 3.11 unless `files` says another. */
export async function startedProject(
  engine: BedEngine,
  files: Record<string, string>,
  words: string[],
  use: (project: Started) => Promise<void>,
) {
  const parent = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-init-'));
  const folder = join(parent, 'My Tool');
  const run = (...flags: string[]) =>
    gulp(folder, ['--silent', ...flags], { env: { ...engine.env, LOGNAME: `init${process.pid}` } });
  try {
    for (const [path, content] of Object.entries({ '.python-version': '3.11\n', ...files })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const init = [program, 'init', ...words];
    const { stdout } = await promisify(execFile)(process.execPath, init, { cwd: folder });
    await mkdir(join(folder, 'node_modules'));
    await symlink(repository, join(folder, 'node_modules/gulp-dockerutils'));
    await symlink(join(repository, 'node_modules/gulp'), join(folder, 'node_modules/gulp'));
    await use({ folder, said: stdout, gulp: run });
  } finally {
    await run('clean');
    await rm(parent, { recursive: true, force: true });
  }
}

/**
 * Lets docker/base and docker/dev find their packages in the index, and docker/app nothing at all.
 *
 * @param more further variables of pip
 */
export async function withoutNetwork(
  folder: string,
  index: PackageIndex,
  more: Record<string, string> = {},
): Promise<void> {
  const variables = Object.entries({ ...index.env, ...more }).map(([name, value]) => `${name}=${value}`);
  for (const image of ['base', 'dev']) {
    const file = join(folder, `docker/${image}/Dockerfile`);
    if (!existsSync(file)) continue;
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll('ENV PIP', `ENV ${variables.join(' ')} PIP`));
  }
  const config = join(folder, 'docker/run.cfg');
  const sections = (await readFile(config, 'utf8')).replace('[app]', '[app]\nbuild_args=--network none');
  await writeFile(config, sections);
}

/**
 * A package that Poetry knows, which needs `colours`, and `checks` where it is worked on.
 *
 * @param python the versions of Python that it allows
 * @param source the index that Poetry asks, as a table of pyproject.toml
 */
export const poetryProject = (python: string, source = ''): string => `[tool.poetry]
name = "tool"
version = "1.5"
description = ""
authors = []
packages = [{ include = "tool", from = "src" }]
[tool.poetry.dependencies]
python = "${python}"
colours = "^1.2"
[tool.poetry.group.dev.dependencies]
checks = "*"
[tool.poetry.scripts]
tool = "tool:main"
${source}[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
`;
