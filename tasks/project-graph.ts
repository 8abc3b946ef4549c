import type { GraphImage, ImageGraph } from '../lib/build/graph/index.js';
import type { Image } from '../lib/project/types.js';
import type { Word } from '../lib/text/word.js';
import { UserError } from '../lib/text/user-error.js';
import { imageOf, type TaskContext } from './context.js';

export interface ProjectGraph {
  /** By name. */
  images: ReadonlyMap<string, Image>;
  graph: ImageGraph;
}

export interface GraphOptions {
  /** Whether the engine that builds is remote. */
  remote: boolean;
  /** The image that is asked for: one beside it whose section is wrong stops nothing. All where it is left out. */
  wanted?: string;
  /** For what is asked for. */
  naming?: { tag?: string; repository?: string };
  /** Further `docker build` flags of an image that is asked for, or of one that it is built from. */
  words?: (isAsked: boolean) => readonly Word[];
}

/** Reads the images of the project that can be built, and which of them needs which. */
export async function projectGraph(
  context: TaskContext,
  { remote, wanted, naming, words }: GraphOptions,
): Promise<ProjectGraph> {
  const { planGraph, readGraphImage } = await import('../lib/build/graph/index.js');
  const images = new Map<string, Image>();
  const nodes: GraphImage[] = [];
  for (const name of context.project.images) {
    const isWanted = wanted === undefined || wanted === name;
    try {
      const described = imageOf(context, name, { remote, operation: 'build', ...(isWanted && naming) });
      const image = { ...described, buildArgs: [...described.buildArgs, ...(words?.(isWanted) ?? [])] };
      nodes.push(readGraphImage(context.project, image, context.env));
      images.set(name, image);
    } catch (error) {
      if (isWanted || !(error instanceof UserError)) throw error;
    }
  }
  return { images, graph: planGraph(nodes) };
}
