import { basename, dirname, join, resolve } from 'node:path';
import { trimmed } from '../text/trim.js';
import { UserError } from '../text/user-error.js';
import { isFolder } from './entry.js';

/** Name of the folder that makes a folder a project. */
export const DOCKER_FOLDER = 'docker';

/**
 * The nearest folder, from `cwd` upwards, that holds `docker/`, as an absolute path.
 *
 * @throws {UserError} `NO_DOCKER_FOLDER`
 */
export function findProjectRoot(cwd: string): string {
  const start = resolve(cwd);
  for (let folder = start; ; folder = dirname(folder)) {
    if (holdsDockerFolder(folder)) return folder;
    if (folder === dirname(folder)) {
      throw new UserError(
        'NO_DOCKER_FOLDER',
        `no docker folder in ${start} or above it: make docker/<image>/Dockerfile in the project's root`,
      );
    }
  }
}

/** Whether `docker/` stands in `root`. */
export function holdsDockerFolder(root: string): boolean {
  return isFolder(join(root, DOCKER_FOLDER));
}

/**
 * The project's part of image names: the root folder's name lower-cased, with `-` for every run of characters, or
 * of separators, that an image name cannot hold.
 *
 * @throws {UserError} `NO_PROJECT_NAME` where nothing is left of it.
 */
export function projectName(root: string): string {
  const fit = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/[._-]+/g, (run) => (/^(?:\.|__?|-+)$/.test(run) ? run : '-'));
  const name = trimmed(fit, /[._-]/);
  if (name !== '') return name;
  throw new UserError(
    'NO_PROJECT_NAME',
    `no image name can be made of the folder name ${JSON.stringify(basename(root))}: give one with dockerTasks({ project })`,
  );
}
