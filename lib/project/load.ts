import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { homeFolder } from '../system/account.js';
import { isPrintable, printable } from '../text/printable.js';
import { quoted } from '../text/quoted.js';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import { isFile } from './entry.js';
import { DOCKER_FOLDER, findProjectRoot, holdsDockerFolder, projectName } from './root.js';
import { doubtfulValues } from './run-cfg/doubtful-values.js';
import type { Environment } from './run-cfg/replacement.js';
import { readRunConfig } from './run-cfg/run-config.js';
import { readSections, type Remark } from './run-cfg/sections.js';
import type { Project } from './types.js';
import { userName, userTag } from './user-name.js';

export interface LoadOptions {
  /** The folder that holds `docker/`. */
  root?: string;
  /** Where the search for it starts when there is no `root`; the working directory by default. */
  cwd?: string;
  /** The project's part of image names, instead of what the root folder's name makes. */
  project?: string;
  /** The environment; the process's own by default. */
  env?: Environment;
}

/**
 * Reads what `docker/` holds: entries of folders and run.cfg, nothing else, so it is cheap.
 *
 * @throws {UserError} `BAD_CONFIG`, `NO_DOCKER_FOLDER`, `NO_PROJECT_NAME`, `TWO_CONFIGS` where there is no `docker/`,
 *   or for all errors of run.cfg's form together.
 */
export function loadProject({ root, cwd, project, env = process.env }: LoadOptions = {}): Project {
  const folder = root === undefined ? findProjectRoot(cwd ?? workingFolder()) : resolve(root);
  if (!holdsDockerFolder(folder))
    throw new UserError('NO_DOCKER_FOLDER', `there is no docker folder in ${folder}`);
  const [images, unprintable] = imageFolders(folder);
  const account = userName(env);
  const user = userTag(account);
  const values = { words: projectWords(folder, user, env), env };
  const isImage = (section: string) => images.includes(section);
  const config = readRunConfig(folder, isImage, values);
  const known = { ...values, env: { ...config.variables, ...env } };
  const { synthetic, errors, warnings } = readSections(config, images, known);
  const ofUser = `the user's name ${quoted(account)} cannot stand in a tag: images are tagged ${user}`;
  const said = (remarks: readonly Remark[]) =>
    remarks
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, message }) => `${config.file}:${line}: ${printable(message)}`);
  if (errors.length > 0) throw new UserError('BAD_CONFIG', said(errors).join('\n'));
  return {
    root: folder,
    folderName: basename(folder),
    name: project ?? projectName(folder),
    user,
    images,
    synthetic,
    warnings: [
      ...(user === account ? [] : [ofUser]),
      ...unprintable.map((name) => `docker/${printable(name)} is no image: its name has control characters`),
      ...said([...warnings, ...doubtfulValues(config, [...images, ...synthetic])]),
    ],
    config,
  };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    const sentence = 'the working directory is not there any more: change into the project again';
    throw new UserError('NO_DOCKER_FOLDER', sentence, { cause });
  }
}

/** The `{word}` replacements that hold in the whole project. */
export function projectWords(root: string, user: string, env: Environment): Map<string, string> {
  return new Map([
    ['project_root', root],
    ['project', basename(root)],
    ['project-name', basename(root)],
    ['user', user],
    ['home', homeFolder(env)],
  ]);
}

/** @returns those that are images, and those that would be, were their names fit to be shown on a terminal */
function imageFolders(root: string): [images: string[], unprintable: string[]] {
  const folder = join(root, DOCKER_FOLDER);
  try {
    const names = readdirSync(folder)
      .filter((name) => isFile(join(folder, name, 'Dockerfile')))
      .sort();
    return [names.filter(isPrintable), names.filter((name) => !isPrintable(name))];
  } catch (cause) {
    throw new UserError('NO_DOCKER_FOLDER', `${folder} cannot be read (${codeOf(cause)})`, { cause });
  }
}
