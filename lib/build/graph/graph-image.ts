import type { Project } from '../../project/index.js';
import { type Dockerfile, parseDockerfile } from '../dockerfile/index.js';
import type { ReadingFlags } from '../reading.js';
import type { Recipe } from '../recipe.js';

/** What the graph knows of an image of the project: its names, its Dockerfile, and the flags that this depends on. */
export interface GraphImage extends ReadingFlags {
  name: string;
  repository: string;
  tag: string;
  dockerfile: Dockerfile;
  /** The Dockerfile's path relative to the project root, for messages. */
  file: string;
  /** Whether an ignore file of its own says which files of the context there are for it. */
  ownIgnoreFile: boolean;
}

/**
 * In place of an image that cannot be built, so that others are known to need it.
 *
 * @param named what its section calls it, where that is understood
 */
export function standIn(
  { name: project, user }: Project,
  name: string,
  named: { repository: string; tag: string } = { repository: `${project}-${name}`, tag: user },
): GraphImage {
  const { repository, tag } = named;
  const reading = { buildArgs: {}, contexts: {}, platforms: [], target: undefined };
  const dockerfile = parseDockerfile('FROM scratch');
  return {
    name,
    repository,
    tag,
    dockerfile,
    file: `docker/${name}/Dockerfile`,
    ownIgnoreFile: false,
    ...reading,
  };
}

export function graphImage({ image, flags, dockerfile }: Recipe): GraphImage {
  const { name, repository, tag } = image;
  const { buildArgs, contexts, platforms, target } = flags;
  const reading = { buildArgs, contexts, platforms, target };
  const { parsed, shown: file, ownIgnoreFile } = dockerfile;
  return { name, repository, tag, dockerfile: parsed, file, ownIgnoreFile, ...reading };
}
