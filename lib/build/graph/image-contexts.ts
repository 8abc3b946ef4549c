import type { DockerfileReading } from '../dockerfile/index.js';
import type { GraphImage } from './graph-image.js';

/** How the source of a named context says that it is an image. */
export const IMAGE = 'docker-image://';

/** Those of some named contexts that are images, as references. */
export function namedImagesOf(contexts: Readonly<Record<string, string>>): Record<string, string> {
  const images = Object.entries(contexts).filter(([, source]) => source.startsWith(IMAGE));
  return Object.fromEntries(images.map(([name, source]) => [name, source.slice(IMAGE.length)]));
}

/**
 * The named contexts that the project supplies to one of its images, so that its Dockerfile names another one as the
 * project does, without knowing user and tag:
 *
 *     FROM base
 *
 * A name is supplied where the Dockerfile uses it, unless the user lets it stand for something else, or a stage has it:
 * BuildKit would put the image into that stage's place. An image's own name is what a registry has by that name.
 */
export function suppliedContexts(
  image: GraphImage,
  { outside, stages }: DockerfileReading,
  images: readonly GraphImage[],
): Record<string, string> {
  const supplied: Record<string, string> = {};
  for (const { reference: name } of outside) {
    const meant = images.find((other) => other !== image && other.name === name);
    if (!meant || stages.has(name) || Object.hasOwn(image.contexts, name)) continue;
    supplied[name] = `${IMAGE}${meant.repository}:${meant.tag}`;
  }
  return supplied;
}
