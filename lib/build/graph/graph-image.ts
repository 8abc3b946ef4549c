import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Environment, Image, Project } from '../../project/index.js';
import { UserError } from '../../text/user-error.js';
import { parseBuildFlags } from '../flags/index.js';
import type { BuildArgs } from './read-dockerfile.js';

/** What the graph knows of an image of the project. */
export interface GraphImage {
  name: string;
  repository: string;
  tag: string;
  /** Text of its Dockerfile. */
  dockerfile: string;
  /** The Dockerfile's path relative to the project root, for messages. */
  file: string;
  /** Build arguments that the user gives. */
  buildArgs: BuildArgs;
  /** What the user lets names in it stand for (`--build-context`). */
  contexts: Readonly<Record<string, string>>;
  /** The stage that is built, where it is not the last. */
  target?: string;
}

/**
 * Reads an image's Dockerfile and the build flags that its meaning depends on.
 *
 * @throws UserError `NO_DOCKERFILE` where it is synthetic, or its Dockerfile cannot be read; for flags that are wrong, with
 * file and line
 */
export function readGraphImage(project: Project, image: Image, env: Environment = process.env): GraphImage {
  const { name, repository, tag, dockerfile } = image;
  if (image.synthetic || dockerfile === undefined) {
    throw new UserError('NO_DOCKERFILE', `${name} is a synthetic image: it has no Dockerfile`);
  }
  const file = relative(project.root, dockerfile).split(sep).join('/');
  try {
    const text = readFileSync(dockerfile, 'utf8');
    const { buildArgs, contexts, target } = parseBuildFlags(image.buildArgs, {
      environment: env,
      directory: project.root,
    });
    return { name, repository, tag, dockerfile: text, file, buildArgs: given(buildArgs), contexts, target };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new UserError('NO_DOCKERFILE', `${file} cannot be read (${code})`, { cause });
  }
}

/** Null stands for an argument whose variable is not set here: the Dockerfile's own default holds. */
function given(buildArgs: Readonly<Record<string, string | null>>): BuildArgs {
  return Object.fromEntries(
    Object.entries(buildArgs).filter((pair): pair is [string, string] => pair[1] !== null),
  );
}
