import type { ImageGraph } from '../lib/build/graph/index.js';
import type { BuildPlan } from '../lib/build/index.js';
import type { EngineAddress } from '../lib/engine/types.js';
import type { Image } from '../lib/project/types.js';
import { UserError } from '../lib/user-error.js';
import type { ProjectVersion } from '../lib/version/index.js';
import type { BuildOptions } from './build.js';
import { imageOf, type TaskContext } from './context.js';

/** The builds that one call asks for. */
export interface Builds {
  graph: ImageGraph;
  /** What is built, in order. */
  names: readonly string[];
  plan: (name: string) => BuildPlan;
}

interface Surroundings {
  address: EngineAddress;
  /** @param dockerfiles of the images that are built */
  readVersion: (dockerfiles: readonly string[]) => Promise<ProjectVersion>;
}

/**
 * Computes what is built, in which order and how: one image, with `base` the images that it needs before it, or all.
 *
 * @param name undefined for all images
 */
export async function planBuilds(
  context: TaskContext,
  name: string | undefined,
  options: BuildOptions,
  { address, readVersion }: Surroundings,
): Promise<Builds> {
  const { dependenciesOf, planGraph, readGraphImage } = await import('../lib/build/graph/index.js');
  const { planBuild } = await import('../lib/build/index.js');
  const { versionLabels } = await import('../lib/version/index.js');
  const { project, env } = context;
  const images = describeAll(context, name, options, address);
  const graph = planGraph([...images.values()].map((image) => readGraphImage(project, image, env)));
  const needed = name !== undefined && options.base ? dependenciesOf(graph, name) : [];
  const names = name === undefined ? graph.order : [...needed, name];
  const labels = versionLabels(await readVersion(names.map((one) => images.get(one)!.dockerfile!)));

  return {
    graph,
    names,
    plan(one) {
      const image = images.get(one)!;
      const isBase = needed.includes(one);
      return planBuild({
        project,
        image,
        options: {
          noCache: options.noCache,
          // What the base is built from may be older than what its registry has by now.
          pull: options.pull || (isBase && image.pullFromOnForce),
        },
        labels,
        buildArgs: graph.args.get(one),
        bases: graph.needs.get(one)!.filter(({ image }) => !names.includes(image)),
        cliFlags: address.cliFlags,
      });
    },
  };
}

/**
 * All images of the project by name, for the graph. When one image is asked for, another whose section is wrong stops
 * nothing; `tag` and `imageName` are for what is asked for.
 */
function describeAll(
  context: TaskContext,
  name: string | undefined,
  { tag, imageName }: BuildOptions,
  { remote }: EngineAddress,
): Map<string, Image> {
  if (name === undefined && imageName !== undefined)
    throw new UserError('ONE_NAME', '--image-name names one image: give it to build:<image>.');
  const images = new Map<string, Image>();
  for (const one of context.project.images) {
    const isWanted = name === undefined || name === one;
    try {
      const named = isWanted ? { tag, repository: imageName } : {};
      images.set(one, imageOf(context, one, { remote, operation: 'build', ...named }));
    } catch (error) {
      if (isWanted || !(error instanceof UserError)) throw error;
    }
  }
  return images;
}
