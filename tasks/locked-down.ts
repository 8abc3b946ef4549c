import { buildImages } from './build.js';
import { buildOnHosts } from './build-on-hosts.js';
import { checkBuildable } from './check-buildable.js';
import { engineAddress, imageOf, type TaskContext } from './context.js';
import { asTask, defineTask, type TaskRun } from './define-task.js';
import {
  ACCEPT_NEW,
  type Chosen,
  DIRECT,
  DRY_RUN,
  type FlagTable,
  NO_DELTA,
  type OneOrMore,
} from './flags.js';
import { checkOptions } from './options.js';
import { projectGraph } from './project-graph.js';
import type { Task } from './task.js';
import { hostAddresses, transferImage } from './transfer.js';

export interface LockedDownOptions {
  /** The servers, in the forms that transfer takes, instead of the image's `host` in run.cfg. */
  host?: OneOrMore;
  /** Send layers whole, even where the server has an image with much of what is in them. */
  noDelta?: boolean;
  /** Send each of several servers its own copy from here, none by way of another. */
  direct?: boolean;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Show what would be done, and do nothing. */
  dryRun?: boolean;
}

export const LOCKED_DOWN_FLAGS: FlagTable<LockedDownOptions> = {
  host: { type: 'hosts', value: 'HOST', description: 'the server: [user@]host[:port], …; repeatable' },
  noDelta: NO_DELTA,
  direct: DIRECT,
  acceptNew: ACCEPT_NEW,
  dryRun: { ...DRY_RUN, description: 'show what would be done and do nothing' },
};

/**
 * The workflow for servers that cannot reach the outside world, as a gulp series: the images that this one is built
 * from are built here and sent there, where they are not yet; then it is built on the server's own engine, from the
 * project's sources and those images alone.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function lockedDown(context: TaskContext, name: string, options: LockedDownOptions = {}): Task {
  checkBuildable(context.project, name);
  const title = `locked-down:${name}`;
  checkOptions(title, LOCKED_DOWN_FLAGS, options);
  const step = (
    what: string,
    description: string,
    work: (chosen: Partial<Chosen<LockedDownOptions>>, run: TaskRun) => Promise<void>,
  ) =>
    defineTask(context, {
      kind: 'locked-down',
      name: `${what} of ${name}`,
      description,
      flags: LOCKED_DOWN_FLAGS,
      options,
      work,
    });

  // Made when they run: a task that is made while gulp runs is told of where nobody calls it.
  const steps = () => [
    step('build bases', 'Builds here what the image is built from', async ({ dryRun }, run) => {
      const address = await engineAddress(context);
      await buildImages(context, { image: name, bases: 'only' }, { dryRun }, { ...run, address });
    }),
    step('transfer bases', 'Sends that to the servers', (chosen, run) =>
      transferBases(context, name, chosen, run),
    ),
    step('build there', "Builds the image on the servers' engines", async ({ host, dryRun }, run) => {
      const addresses = await servers(context, name, host);
      await buildOnHosts(context, name, { dryRun }, { ...run, addresses });
    }),
  ];
  return asTask(context, () => inSeries(steps()), {
    name: title,
    kind: 'locked-down',
    description: `Builds ${name} on a server, from bases built here`,
    flags: LOCKED_DOWN_FLAGS,
  });
}

/**
 * Runs the steps as a gulp series, so that gulp logs each of them. gulp is imported here, so that `gulp --tasks`
 * stays quick.
 */
async function inSeries(steps: readonly Task[]): Promise<void> {
  const { default: gulp } = await import('gulp');
  const series = gulp.series(...steps);
  await new Promise<void>((resolve, reject) => {
    series((error) => (error ? reject(error) : resolve()));
  });
}

async function servers(context: TaskContext, name: string, host: readonly string[] | undefined) {
  const { hosts } = imageOf(context, name, { remote: true, operation: 'transfer' });
  return hostAddresses(context, name, host?.map((text) => ({ text })) ?? hosts);
}

/**
 * Transfers the bases. Those that the Dockerfile names directly are enough: they contain all layers of the bases
 * below them.
 */
async function transferBases(
  context: TaskContext,
  name: string,
  { host, noDelta, direct, acceptNew, dryRun }: Partial<Chosen<LockedDownOptions>>,
  run: TaskRun,
): Promise<void> {
  const source = await engineAddress(context);
  const targets = await servers(context, name, host);
  const { recipes, graph, problems } = await projectGraph(context, { address: source, wanted: [name] });
  const problem = problems.get(name);
  if (problem) throw problem;
  for (const { image } of graph.needs.get(name) ?? []) {
    const recipe = recipes.get(image);
    if (!recipe) throw problems.get(image) ?? new Error(`${image} has neither recipe nor problem`);
    const { reference } = recipe.image;
    await transferImage(
      context,
      { source, targets, reference, options: { noDelta, direct, acceptNew, dryRun } },
      run,
    );
  }
}
