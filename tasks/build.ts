import type { BuildPlan, PipelineBuild } from '../lib/build/index.js';
import type { EngineAddress } from '../lib/engine/types.js';
import { engineAddress, withMeans, type TaskContext } from './context.js';
import { defineTask, type Task, type TaskRun } from './define-task.js';
import type { FlagTable } from './flags.js';
import { versionForBuild } from './genversion.js';
import { checkBuildable } from './check-buildable.js';
import { planBuilds, type Scope } from './plan-builds.js';

export interface BuildOptions {
  /** Build the images first that this one is built from. */
  base?: boolean;
  /** Ask the registry for newer base images. */
  pull?: boolean;
  /** Build every step again. */
  noCache?: boolean;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Name of the image, taken as it is, instead of the project's and the section's. */
  imageName?: string;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const BUILD_FLAGS: FlagTable<BuildOptions> = {
  base: { type: 'boolean', name: 'force-base', description: 'build the images first that it is built from' },
  pull: { type: 'boolean', description: 'ask the registry for newer base images' },
  noCache: { type: 'boolean', description: 'build every step again' },
  tag: { type: 'string', description: "tag of the image, instead of the user's name" },
  imageName: { type: 'string', description: 'name of the image, taken as it is' },
  dryRun: { type: 'boolean', description: 'print the docker commands and do nothing' },
};

/** Builds that run at once: an engine gains little from more, and each has its own share of the screen. */
const CONCURRENCY = 4;

/**
 * Builds an image, or all of the project where no name is given, each behind those that it is built from.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function build(context: TaskContext, name?: string, options: BuildOptions = {}): Task {
  if (name !== undefined) checkBuildable(context.project, name);
  return defineTask(context, {
    name: name === undefined ? 'build' : `build:${name}`,
    description: name === undefined ? 'Builds all images, in order' : `Builds ${name}`,
    flags: BUILD_FLAGS,
    options,
    work: async (chosen, run) => {
      const scope: Scope = name === undefined ? 'all' : { image: name, ...(chosen.base && { bases: 'too' }) };
      await buildImages(context, scope, chosen, { ...run, address: await engineAddress(context) });
    },
  });
}

/**
 * Builds what `scope` says on one engine.
 *
 * @param pipeline builds the image of a piped scope
 */
export async function buildImages(
  context: TaskContext,
  scope: Scope,
  options: BuildOptions,
  { report, signal, address }: Omit<TaskRun, 'takeSignals'> & { address: EngineAddress },
  pipeline?: PipelineBuild,
): Promise<void> {
  const { buildInOrder } = await import('../lib/build/graph/index.js');
  const { dryRun } = options;
  const builds = await planBuilds(context, scope, options, {
    address,
    readVersion: (dockerfiles) => versionForBuild(context, dockerfiles, { report, dryRun }),
  });
  const tell = (plan: BuildPlan) => plan.commandLines.forEach((line) => report.command(line));
  if (dryRun) return builds.names.forEach((one) => tell(builds.plan(one)));

  const { carryOutBuild } = await import('../lib/build/index.js');
  await withMeans(context, address, { report, signal }, (means) =>
    buildInOrder(
      builds.graph,
      async (one) => {
        const plan = builds.plan(one);
        tell(plan);
        const isPiped = scope !== 'all' && scope.piped && one === scope.image;
        const carryOut = isPiped && pipeline ? pipeline : carryOutBuild;
        await carryOut(plan, means);
      },
      { concurrency: CONCURRENCY, images: builds.names, signal },
    ),
  );
}
