import { readPlatform } from '../../oci/platform.js';
import { partsIn } from '../../oci/reference.js';
import { UserError } from '../../text/user-error.js';
import {
  type BuildArgs,
  declaredArgs,
  type DockerfileReading,
  type OutsideReference,
} from '../dockerfile/index.js';
import { builderStage, givenArgs, NOTHING_READ, readingOf } from '../reading.js';
import type { GraphImage } from './graph-image.js';
import { suppliedArgs } from './image-args.js';
import { IMAGE, suppliedContexts } from './image-contexts.js';
import { imagesMeant } from './images-meant.js';

/** An image of the project that another one is built from. */
export interface Dependency {
  image: string;
  /** The reference that the Dockerfile means. */
  reference: string;
  /** Line of the Dockerfile. */
  line: number;
}

/** Which image of a project needs which. */
export interface ImageGraph {
  /** All images; each comes behind what it needs, else in the order in which they were given. */
  order: readonly string[];
  /** The images grouped in steps: each needs only images of earlier steps. */
  levels: readonly (readonly string[])[];
  /** What each image needs itself. */
  needs: ReadonlyMap<string, readonly Dependency[]>;
  /** Build arguments that the project supplies to each image. */
  args: ReadonlyMap<string, BuildArgs>;
  /** Named contexts that the project supplies to each image: what a name in its Dockerfile stands for. */
  contexts: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** For each image the first one that takes the same files of the context, which may be itself. */
  sameFiles: ReadonlyMap<string, string>;
  /** The builder stages of the images that need one. */
  builders: ReadonlyMap<string, string>;
  /** What is wrong in Dockerfiles: their images cannot be built, and may seem to need less than they do. */
  problems: ReadonlyMap<string, UserError>;
}

/**
 * Computes the graph of a project's images from their Dockerfiles. What is wrong with some of them is among its problems:
 * `IMAGE_CYCLE`, which shows the circle and stops all that stand in it, `AMBIGUOUS_ARG`, `BAD_DOCKERFILE`.
 */
export function planGraph(images: readonly GraphImage[]): ImageGraph {
  const args = new Map<string, BuildArgs>();
  const contexts = new Map<string, Readonly<Record<string, string>>>();
  const needs = new Map<string, Dependency[]>();
  const builders = new Map<string, string>();
  const takers = new Map<string, string>();
  const sameFiles = new Map<string, string>();
  const problems = new Map<string, UserError>();
  for (const image of images) {
    const { supplied, reading } = attempt(image, images, problems);
    const named = suppliedContexts(image, reading, images);
    const builder = builderStage(reading);
    args.set(image.name, supplied);
    contexts.set(image.name, named);
    if (builder !== undefined) builders.set(image.name, builder);
    const files = filesTaken(image, reading);
    if (!takers.has(files)) takers.set(files, image.name);
    sameFiles.set(image.name, takers.get(files) ?? image.name);
    needs.set(
      image.name,
      dependencies(image, withContexts(reading.outside, { ...named, ...image.contexts }), images),
    );
  }
  openCircles(images, needs, problems);
  const levels: string[][] = [];
  for (const { name, depth } of depthsOf(images, needs)) (levels[depth] ??= []).push(name);
  return { order: levels.flat(), levels, needs, args, contexts, sameFiles, builders, problems };
}

/** Everything that an image needs, directly or through others, in the order in which it is built. */
export function dependenciesOf(graph: ImageGraph, name: string): string[] {
  const found = new Set<string>();
  const visit = (one: string) => {
    for (const { image } of graph.needs.get(one) ?? []) {
      if (!found.has(image)) visit((found.add(image), image));
    }
  };
  visit(name);
  return graph.order.filter((one) => found.has(one));
}

function declaredBy(image: GraphImage) {
  return declaredArgs(image.dockerfile, givenArgs(image), readPlatform(image.platforms[0] ?? 'linux'));
}

/** A Dockerfile that cannot be understood stops its own image, and no other. */
function attempt(
  image: GraphImage,
  images: readonly GraphImage[],
  problems: Map<string, UserError>,
): { supplied: BuildArgs; reading: DockerfileReading } {
  try {
    const supplied = suppliedArgs(image, declaredBy(image), images);
    const buildArgs = { ...supplied, ...image.buildArgs };
    return { supplied, reading: readingOf(image.dockerfile, image.file, { ...image, buildArgs }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.set(image.name, error);
    return { supplied: {}, reading: NOTHING_READ };
  }
}

/** As it is written, which is equal for equal files. */
function filesTaken({ name, target = '', ownIgnoreFile }: GraphImage, { taken }: DockerfileReading): string {
  return JSON.stringify([target, ownIgnoreFile ? name : '', ...taken]);
}

/** The references that names stand for; a name that stands for no image is left out. */
function withContexts(
  outside: readonly OutsideReference[],
  contexts: Readonly<Record<string, string>>,
): OutsideReference[] {
  return outside.flatMap(({ reference, line }) => {
    const [, source] = Object.entries(contexts).find(([name]) => isSameName(name, reference)) ?? [];
    if (source === undefined) return { reference, line };
    return source.startsWith(IMAGE) ? { reference: source.slice(IMAGE.length), line } : [];
  });
}

function isSameName(one: string, other: string): boolean {
  const [whole, same] = [one, other].map((name) => {
    const { repository, tag = 'latest', digest = '' } = partsIn(name) ?? {};
    return repository && `${repository}:${tag}@${digest}`;
  });
  return whole !== undefined && whole === same;
}

function dependencies(
  image: GraphImage,
  outside: readonly OutsideReference[],
  images: readonly GraphImage[],
): Dependency[] {
  const found = new Map<string, Dependency>();
  for (const { reference, line } of outside) {
    for (const other of imagesMeant(reference, images)) {
      // Another tag of itself is an image that is there already, such as the one of the last release.
      if (other === image && (partsIn(reference)?.tag ?? 'latest') !== image.tag) continue;
      if (!found.has(other.name)) found.set(other.name, { image: other.name, reference, line });
    }
  }
  return [...found.values()];
}

/** Takes out what closes a circle, so that all others have an order, and says so of each image in it. */
function openCircles(
  images: readonly GraphImage[],
  needs: Map<string, Dependency[]>,
  problems: Map<string, UserError>,
): void {
  const files = new Map(images.map(({ name, file }) => [name, file]));
  const ended = new Set<string>();
  const way: { image: string; step: string }[] = [];
  const visit = (name: string) => {
    const open = (needs.get(name) ?? []).filter(({ image, line }) => {
      way.push({ image: name, step: `${name} needs ${image} (${files.get(name)}:${line})` });
      const start = way.findIndex((one) => one.image === image);
      const circle = start < 0 ? [] : way.slice(start);
      const steps = circle.map(({ step }) => step).join(', ');
      const problem = new UserError('IMAGE_CYCLE', `images need each other in a circle: ${steps}`);
      for (const one of circle) problems.set(one.image, problem);
      if (start < 0 && !ended.has(image)) visit(image);
      way.pop();
      return start < 0;
    });
    needs.set(name, open);
    ended.add(name);
  };
  for (const { name } of images) if (!ended.has(name)) visit(name);
}

/** The longest way from each image down to one that needs none. */
function depthsOf(
  images: readonly GraphImage[],
  needs: ReadonlyMap<string, Dependency[]>,
): { name: string; depth: number }[] {
  const depths = new Map<string, number>();
  const depth = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const found = Math.max(0, ...(needs.get(name) ?? []).map(({ image }) => depth(image) + 1));
    depths.set(name, found);
    return found;
  };
  return images.map(({ name }) => ({ name, depth: depth(name) }));
}
