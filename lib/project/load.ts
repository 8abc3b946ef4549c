import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { didYouMean } from '../text/did-you-mean.js';
import { UserError } from '../text/user-error.js';
import { isFile } from './entry.js';
import { InterpolationError } from './interpolation.js';
import { type Environment, ReplacementError, type ReplacementValues } from './replacement.js';
import { DOCKER_FOLDER, findProjectRoot, holdsDockerFolder, projectName } from './root.js';
import { type RunConfig, plainValue, readRunConfig } from './run-config.js';
import type { Project } from './types.js';
import { userName } from './user-name.js';

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

const RUN_IMAGE_SECTIONS = ['run_image', 'run-image'];
const SYNTHETIC_IMAGES = 'synthetic_images';

/**
 * Reads what `docker/` holds: entries of folders and run.cfg, nothing else, so it is cheap.
 *
 * @throws UserError where there is no `docker/`, or for all errors of run.cfg's form together.
 */
export function loadProject({
  root,
  cwd = process.cwd(),
  project,
  env = process.env,
}: LoadOptions = {}): Project {
  const folder = root === undefined ? findProjectRoot(cwd) : resolve(root);
  if (!holdsDockerFolder(folder))
    throw new UserError('NO_DOCKER_FOLDER', `there is no docker folder in ${folder}`);
  const images = imageFolders(folder);
  const user = userName(env);
  const values = { words: projectWords(folder, user, env), env };
  const isImage = (section: string) => images.includes(section);
  const config = readRunConfig(folder, isImage, values);
  const warnings: string[] = [];
  const synthetic = syntheticImages(config, images, values, warnings);
  warnings.push(...strangeSections(config, [...images, ...synthetic]));
  return {
    root: folder,
    folderName: basename(folder),
    name: project ?? projectName(folder),
    user,
    images,
    synthetic,
    warnings,
    config,
  };
}

/** The `{word}` replacements that hold in the whole project. */
export function projectWords(root: string, user: string, env: Environment): Map<string, string> {
  return new Map([
    ['project_root', root],
    ['project', basename(root)],
    ['project-name', basename(root)],
    ['user', user],
    ['home', env.HOME || homedir()],
  ]);
}

function imageFolders(root: string): string[] {
  const folder = join(root, DOCKER_FOLDER);
  try {
    return readdirSync(folder)
      .filter((name) => isFile(join(folder, name, 'Dockerfile')))
      .sort();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UserError('NO_DOCKER_FOLDER', `${folder} cannot be read (${code})`, { cause });
  }
}

function syntheticImages(
  config: RunConfig,
  images: readonly string[],
  values: ReplacementValues,
  warnings: string[],
): string[] {
  const names = new Set<string>();
  for (const section of RUN_IMAGE_SECTIONS.flatMap((name) => config.sections.get(name) ?? [])) {
    const at = (line: number) => `${config.file}:${line}:`;
    for (const { key, spelling, line } of section.entries.values()) {
      if (key === SYNTHETIC_IMAGES) continue;
      warnings.push(
        `${at(line)} key "${spelling}" means nothing in [${section.name}]${didYouMean(key, [SYNTHETIC_IMAGES])}`,
      );
    }
    const entry = section.entries.get(SYNTHETIC_IMAGES);
    if (!entry) continue;
    try {
      const list = plainValue(config, section, SYNTHETIC_IMAGES, values)!;
      for (const name of list.split(/[\s,]+/)) {
        if (images.includes(name)) {
          warnings.push(
            `${at(entry.line)} synthetic image "${name}" is left out: docker/${name} is an image`,
          );
        } else if (name !== '') names.add(name);
      }
    } catch (error) {
      if (!(error instanceof InterpolationError) && !(error instanceof ReplacementError)) throw error;
      throw new UserError('BAD_CONFIG', `${at(entry.line)} ${error.message}`);
    }
  }
  return [...names];
}

/** The line that names the synthetic images. */
export function syntheticLine(config: RunConfig): number {
  const lines = RUN_IMAGE_SECTIONS.map(
    (name) => config.sections.get(name)?.entries.get(SYNTHETIC_IMAGES)?.line,
  );
  return lines.find((line) => line !== undefined) ?? 1;
}

function strangeSections(config: RunConfig, images: readonly string[]): string[] {
  const known = new Set([...images, ...RUN_IMAGE_SECTIONS, ...config.envSections]);
  return [...config.sections.values()]
    .filter(({ name }) => !known.has(name))
    .map(
      ({ name, line }) =>
        `${config.file}:${line}: section [${name}] belongs to no image, and no env= names it${didYouMean(name, images)}`,
    );
}
