import type { Dockerfile } from '../dockerfile/index.js';
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
}

export function graphImage({ image, flags, dockerfile }: Recipe): GraphImage {
  const { name, repository, tag } = image;
  const { buildArgs, contexts, platforms, target } = flags;
  const reading = { buildArgs, contexts, platforms, target };
  return { name, repository, tag, dockerfile: dockerfile.parsed, file: dockerfile.shown, ...reading };
}
