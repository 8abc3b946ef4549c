import type { BuildPlan, BuiltImage, Exported, PipelineBuild } from '../lib/build/index.js';
import type { EngineAddress } from '../lib/engine/types.js';
import type { Report } from '../lib/report/types.js';
import { UserError } from '../lib/text/user-error.js';
import { BUILD_FLAGS, type BuildOptions } from './build-options.js';
import { builtInRun } from './built-in-run.js';
import { checkBuildable } from './check-buildable.js';
import { engineAddress, type TaskContext, withMeans } from './context.js';
import { defineTask, type TaskRun } from './define-task.js';
import type { Chosen } from './flags.js';
import { readVersion, writeVersionForBuild } from './genversion.js';
import { type Builds, planBuilds, type Scope } from './plan-builds.js';
import { type BuildJson, failureOf } from './results.js';
import type { Task } from './task.js';

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
    kind: 'build',
    name: name === undefined ? 'build' : `build:${name}`,
    description: name === undefined ? 'Builds all images, in order' : `Builds ${name}`,
    flags: BUILD_FLAGS,
    options,
    work: async (chosen, run) => {
      const scope: Scope = name === undefined ? 'all' : { image: name, ...(chosen.base && { bases: 'too' }) };
      const address = await engineAddress(context, { host: chosen.host });
      await buildImages(context, scope, chosen, { ...run, address });
    },
  });
}

export type BuildRun = Pick<TaskRun, 'report' | 'signal' | 'result'> & {
  address: EngineAddress;
  /** Builds the image of a piped scope. */
  pipeline?: PipelineBuild;
};

/** Builds what `scope` says on one engine. */
export async function buildImages(
  context: TaskContext,
  scope: Scope,
  options: Partial<Chosen<BuildOptions>>,
  run: BuildRun,
): Promise<void> {
  const request = { scope, options };
  const [prepared] = await prepareBuilds(context, request, { addresses: [run.address], report: run.report });
  if (prepared && !options.dryRun) await carryOutBuilds(context, prepared, request, run);
}

interface BuildRequest {
  scope: Scope;
  options: Partial<Chosen<BuildOptions>>;
}

/** Plans the builds for each engine, and writes the version's file; a dry run shows them instead. */
export async function prepareBuilds(
  context: TaskContext,
  { scope, options }: BuildRequest,
  { addresses, report }: Pick<BuildRun, 'report'> & { addresses: readonly EngineAddress[] },
): Promise<PreparedBuilds[]> {
  const version = await readVersion(context, report);
  const all = await Promise.all(
    addresses.map(async (address) => {
      return { address, builds: await planBuilds(context, scope, options, { address, version }) };
    }),
  );
  const first = all[0]?.builds;
  if (first) tellOfPull(first, scope, { options, report });
  if (options.dryRun)
    for (const { builds } of all) builds.names.forEach((one) => tell(builds.plan(one), report));
  else if (first) await writeVersionForBuild(context, version, { dockerfiles: first.dockerfiles, report });
  return all;
}

export interface PreparedBuilds {
  address: EngineAddress;
  builds: Builds;
}

export async function carryOutBuilds(
  context: TaskContext,
  { address, builds }: PreparedBuilds,
  { scope, options: { acceptNew } }: BuildRequest,
  { report, signal, result, pipeline }: Omit<BuildRun, 'address'>,
): Promise<void> {
  const { buildInOrder } = await import('../lib/build/graph/index.js');
  const { carryOutBuild, carryOutExport } = await import('../lib/build/index.js');
  await withMeans(context, address, { report, signal, acceptNew }, (means) =>
    buildInOrder(
      builds.graph,
      async (one) => {
        const plan = builds.plan(one);
        tell(plan, report);
        if (plan.export && pipeline) throw noImage(one);
        const isPiped = scope !== 'all' && scope.piped && one === scope.image;
        const carryOut = isPiped && pipeline ? pipeline : plan.export ? carryOutExport : carryOutBuild;
        const image = await withResult(one, () => carryOut(plan, means), { result, signal });
        if ('reference' in image) builtInRun(context).set(image.reference, image.cached);
      },
      { concurrency: CONCURRENCY, images: builds.names, signal },
    ),
  );
}

function tell({ commandLines }: BuildPlan, report: Report): void {
  commandLines.forEach((line) => report.command(line));
}

function noImage(image: string): UserError {
  const sentence = `buildImage("${image}") gives an image on, and --output makes none: leave it out of its section and here.`;
  return new UserError('BAD_OPTION', sentence);
}

/** Tells what became of an image, unless its build was ended by something else. */
async function withResult(
  image: string,
  build: () => Promise<BuiltImage | Exported>,
  { result, signal }: Pick<BuildRun, 'result' | 'signal'>,
): Promise<BuiltImage | Exported> {
  const started = performance.now();
  const about = { kind: 'build', image } as const;
  try {
    const built = await build();
    const elapsed = Math.round(performance.now() - started);
    result?.({ ...about, ok: true, ...built, elapsed } satisfies BuildJson);
    return built;
  } catch (error) {
    if (error instanceof UserError && !signal.aborted)
      result?.({ ...about, ok: false, error: failureOf(error) } satisfies BuildJson);
    throw error;
  }
}

/** What is built from images of the project alone has nothing to ask a registry for. */
function tellOfPull(
  { graph, names }: Builds,
  scope: Scope,
  { options, report }: { options: Partial<Chosen<BuildOptions>>; report: Report },
): void {
  const basesOf = (one: string) => graph.needs.get(one)?.map(({ image }) => image) ?? [];
  if (!options.pull || scope === 'all' || names.some((one) => basesOf(one).length === 0)) return;
  report.warn(
    `--pull pulls nothing for ${scope.image}: it is built from ${basesOf(scope.image).join(' and ')}, which --force-base builds too, from what it pulls.`,
  );
}
