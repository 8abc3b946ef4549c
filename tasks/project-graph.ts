import type { GraphImage, ImageGraph } from '../lib/build/graph/index.js';
import type { Recipe } from '../lib/build/recipe.js';
import { fillIn } from '../lib/project/index.js';
import type { Image } from '../lib/project/types.js';
import { UserError } from '../lib/text/user-error.js';
import type { Word } from '../lib/text/word.js';
import type { ProjectVersion } from '../lib/version/index.js';
import { imageOf, type TaskContext } from './context.js';

export interface ProjectGraph {
  /** By name. */
  recipes: ReadonlyMap<string, Recipe>;
  graph: ImageGraph;
  /** What is wrong with images, by name: their sections, their Dockerfiles, or a circle that they stand in. */
  problems: ReadonlyMap<string, UserError>;
  /** Images whose own names are not known, because their sections are wrong; nothing can be built from them. */
  nameless: ReadonlySet<string>;
}

export interface GraphOptions {
  /** Address of the engine that builds. */
  address: { url: string; remote: boolean };
  /** The images that are asked for. All where it is left out. */
  wanted?: readonly string[];
  /** For what is asked for. */
  naming?: { tag?: string; repository?: string };
  /** Further `docker build` flags of an image that is asked for, or of one that it is built from. */
  words?: (isAsked: boolean) => readonly Word[];
  /** Computed where it is left out and a section has `{version}`. */
  version?: ProjectVersion;
}

/** Reads what the images of the project are built from, and which of them needs which. */
export async function projectGraph(
  context: TaskContext,
  { address, wanted, naming, words, version }: GraphOptions,
): Promise<ProjectGraph> {
  const { graphImage, planGraph, standIn } = await import('../lib/build/graph/index.js');
  const { readRecipe } = await import('../lib/build/recipe.js');
  const { configuredProxies } = await import('../lib/engine/index.js');
  const { project, env } = context;
  const proxies = configuredProxies(env, address.url);
  const recipes = new Map<string, Recipe>();
  const problems = new Map<string, UserError>();
  const nameless = new Set<string>();
  const nodes: GraphImage[] = [];
  for (const name of project.images) {
    const isWanted = wanted?.includes(name) ?? true;
    let named: Image | undefined;
    try {
      const { remote } = address;
      named = imageOf(context, name, { remote, operation: 'build', ...(isWanted && naming) });
      const image = { ...named, buildArgs: [...named.buildArgs, ...(words?.(isWanted) ?? [])] };
      const recipe = readRecipe(project, await withVersion(context, image, version), { env, proxies });
      recipes.set(name, recipe);
      nodes.push(graphImage(recipe));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.set(name, error);
      if (!named) nameless.add(name);
      nodes.push(standIn(project, name, named));
    }
  }
  const graph = planGraph(nodes);
  return { recipes, graph, problems: new Map([...graph.problems, ...problems]), nameless };
}

/** The image with `{version}` filled in where its `build_args` have it. */
async function withVersion(
  { project, env }: TaskContext,
  image: Image,
  known: ProjectVersion | undefined,
): Promise<Image> {
  if (!image.buildArgs.some(({ text }) => text.includes('{version}'))) return image;
  const { computeVersion } = await import('../lib/version/index.js');
  const { dictionary } = known ?? (await computeVersion(project.root, { env }));
  const { version } = dictionary;
  const buildArgs = image.buildArgs.map((word) => ({ ...word, text: fillIn(word.text, { version }) }));
  return { ...image, buildArgs };
}
