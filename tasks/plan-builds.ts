import type { ImageGraph } from '../lib/build/graph/index.js';
import type { BuildPlan } from '../lib/build/index.js';
import type { EngineAddress } from '../lib/engine/types.js';
import { UserError } from '../lib/text/user-error.js';
import type { ProjectVersion } from '../lib/version/index.js';
import type { BuildOptions } from './build-options.js';
import { buildWords } from './build-words.js';
import type { TaskContext } from './context.js';
import type { Chosen } from './flags.js';
import { type ProjectGraph, projectGraph } from './project-graph.js';
import { refusalOfAll } from './refusal-of-all.js';

/**
 * What is asked for: all images, one, one behind those that it is built from, or those alone. The context of one may
 * come through a pipeline, and what is built may go into one.
 */
export type Scope = 'all' | { image: string; bases?: 'too' | 'only'; piped?: boolean; streamed?: boolean };

/** The builds that one call asks for. */
export interface Builds {
  graph: ImageGraph;
  /** What is built, in order. */
  names: readonly string[];
  /** Absolute paths of their Dockerfiles. */
  dockerfiles: readonly string[];
  plan: (name: string) => BuildPlan;
}

interface BuildsRequest {
  address: EngineAddress;
  version: ProjectVersion;
}

/**
 * Computes what is built, in which order and how.
 *
 * @throws {UserError} for what is wrong in the sections and Dockerfiles that count, and `NO_BASE` where `bases` are asked
 * for alone and the image has none
 */
export async function planBuilds(
  context: TaskContext,
  scope: Scope,
  options: Partial<Chosen<BuildOptions>>,
  { address, version }: BuildsRequest,
): Promise<Builds> {
  const { tag, imageName, pull, noCache } = options;
  if (scope === 'all') checkForAll(options);
  const { dependenciesOf } = await import('../lib/build/graph/index.js');
  const { planBuild } = await import('../lib/build/index.js');
  const { readCheckout, versionLabels } = await import('../lib/version/index.js');
  const checkout = await readCheckout(context.project.root, context.env);
  const found = await projectGraph(context, {
    address,
    wanted: scope === 'all' ? undefined : [scope.image],
    naming: { tag, repository: imageName },
    words: (isAsked) => buildWords(options, isAsked),
    version,
  });
  const { recipes, graph } = found;
  if (scope !== 'all') refuseProblems(found, [scope.image]);
  const bases = scope !== 'all' && scope.bases ? dependenciesOf(graph, scope.image) : [];
  const names = scope === 'all' ? graph.order : scope.bases === 'only' ? bases : [...bases, scope.image];
  if (scope !== 'all' && names.length === 0)
    throw new UserError('NO_BASE', `${scope.image} is built from no other image of the project.`);
  refuseProblems(found, names);
  const recipeOf = (name: string) => {
    const recipe = recipes.get(name);
    if (!recipe) throw new TypeError(`${name} is not among what is built`);
    return recipe;
  };

  // The force option rebuilds bases: also an image that is asked for itself, if it is a base.
  const isForced = (name: string) => options.base === true || bases.includes(name);

  return {
    graph,
    names,
    dockerfiles: names.map((name) => recipeOf(name).dockerfile.path),
    plan(name) {
      const recipe = recipeOf(name);
      return planBuild({
        project: context.project,
        recipe,
        options: {
          noCache,
          // What a base is built from may be older than what its registry has by now. No registry has the images of the
          // project, and an engine that is to pull would look for them nowhere else.
          pull: (pull || (isForced(name) && recipe.image.pullFromOnForce)) && !graph.needs.get(name)?.length,
        },
        labels: versionLabels(version),
        checkout,
        buildArgs: graph.args.get(name),
        contexts: graph.contexts.get(name),
        sharesFilesWith: graph.sameFiles.get(name),
        bases: (graph.needs.get(name) ?? []).filter(({ image: base }) => !names.includes(base)),
        cliFlags: address.cliFlags,
        piped: scope !== 'all' && scope.piped && name === scope.image,
        streamed: scope !== 'all' && scope.streamed && name === scope.image,
      });
    },
  };
}

function checkForAll({ imageName, target, output }: Partial<Chosen<BuildOptions>>): void {
  if (imageName !== undefined)
    throw new UserError('ONE_NAME', '--image-name names one image: give it to build:<image>.');
  if (target !== undefined)
    throw new UserError('ONE_NAME', '--target names a stage of one image: give it to build:<image>.');
  if (output !== undefined)
    throw new UserError('ONE_NAME', '--output is for the files of one image: give it to build:<image>.');
}

/**
 * Nothing is begun of what cannot be brought to its end.
 *
 * @throws {UserError} `BAD_SECTION`, `BAD_DOCKERFILE`, `IMAGE_CYCLE`, …: all that is wrong with these images, and with what they are built from
 */
function refuseProblems({ graph, problems, nameless }: ProjectGraph, names: readonly string[]): void {
  const problemOf = (name: string) => {
    const base = graph.needs.get(name)?.find(({ image }) => nameless.has(image))?.image ?? name;
    return problems.get(name) ?? problems.get(base);
  };
  const found = names.flatMap((name) => problemOf(name) ?? []);
  const right = names.filter((name) => !problemOf(name));
  const refusal = refusalOfAll(found, right, 'built');
  if (refusal) throw refusal;
}
