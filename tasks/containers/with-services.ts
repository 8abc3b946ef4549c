import { checkImage } from '../../lib/project/index.js';
import type { Client } from '../../lib/services/index.js';
import { UserError } from '../../lib/text/user-error.js';
import { imageOf, type TaskContext, withMeans } from '../context.js';
import { asTask, carryOutJob, type TaskRun } from '../define-task.js';
import type { FlagTable, OneOrMore } from '../flags.js';
import { checkOptions } from '../options.js';
import { runSurroundings } from '../plan-run.js';
import type { Task } from '../task.js';
import { containerPlace, ON_CONTAINER, type OnContainerOptions } from './on-container.js';
import { settled, type Work } from './settled.js';
import { withVariables } from './with-variables.js';

export interface WithServicesOptions extends OnContainerOptions {
  /** Show what the services write, line by line. */
  logs?: boolean;
}

const WITH_SERVICES_FLAGS: FlagTable<WithServicesOptions> = {
  logs: { type: 'boolean', description: 'show what the services write' },
  ...ON_CONTAINER,
};

const KIND = 'with-services';

/**
 * Puts services around any task of gulp, also around a `series`: they are started and ready before it, and are stopped
 * behind it, whatever comes of it. It finds them in its environment: `DB_HOST`, `DB_PORT`, `DB_PORT_5432`.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `BAD_OPTION`
 */
export function withServices(
  context: TaskContext,
  services: OneOrMore,
  work: Work,
  options: WithServicesOptions = {},
): Task {
  const names = typeof services === 'string' ? [services] : [...services];
  for (const name of names) checkImage(context.project, name);
  const inner = checkWork(names, work);
  const name = `${inner.name || 'a task'} with ${names.join(', ')}`;
  const flags = WITH_SERVICES_FLAGS;
  const job = { name, kind: KIND, flags, options: checkOptions(name, flags, options) };
  const isPure = () => context.invocation.isPure(task);
  const carryOut = (choices: Partial<WithServicesOptions>, run: TaskRun) =>
    beside(context, { ...choices, names, inner, isPure: isPure() }, run);
  const description = `Runs ${inner.name || 'a task'} beside ${names.join(', ')}`;
  const task: Task = asTask(context, () => carryOutJob(context, { ...job, work: carryOut }), {
    name,
    kind: KIND,
    description,
    flags,
  });
  context.invocation.contains(task, inner);
  return task;
}

function checkWork(names: readonly string[], work: unknown): Work {
  if (names.length > 0 && isWork(work)) return work;
  throw new UserError(
    'BAD_OPTION',
    'withServices takes names of services and a task: withServices(["db"], test), where the task is a function, or what gulp.series() makes of names.',
  );
}

function isWork(work: unknown): work is Work {
  return typeof work === 'function';
}

interface Beside extends WithServicesOptions {
  names: readonly string[];
  inner: Work;
  /** Whether all of it is of ours, which stops by itself when it is to, and does nothing in a dry run. */
  isPure: boolean;
}

async function beside(
  context: TaskContext,
  { names, inner, isPure, dryRun, host, acceptNew, logs }: Beside,
  { report, signal, cleanUpWithin }: TaskRun,
): Promise<void> {
  const { carryOutBeside, keptServices, longestStop, planServices, renderServices } =
    await import('../../lib/services/index.js');
  const { address, group } = await containerPlace(context, { host });
  const { remote } = address;
  const request = await runSurroundings(context, address);
  const client: Client = { name: 'the task', dependsOn: names.map((name) => ({ name })) };
  const planned = (engine: Parameters<typeof request>[0], kept?: ReadonlySet<string>) =>
    planServices({
      ...request(engine),
      client,
      describe: (name) => imageOf(context, name, { remote, operation: 'run' }),
      kept,
      isOutside: true,
    });
  if (dryRun) {
    const { before, behind } = renderServices(planned({}));
    before.forEach((line) => report.command(line));
    if (isPure) await settled(inner);
    else report.command(`# ${inner.name || 'the task'} runs`);
    behind.forEach((line) => report.command(line));
    return;
  }
  await withMeans(context, address, { report, signal, acceptNew }, async (means) => {
    const kept = await keptServices(means.engine, group);
    const plan = planned(await means.engine.facts(), kept);
    cleanUpWithin(longestStop(plan));
    await carryOutBeside(plan, { ...means, logs }, async (services) => {
      const outlets = await services.openOutlets();
      try {
        await withVariables(outlets.variables, () => settled(inner, isPure ? undefined : signal));
      } catch (error) {
        if (!signal.aborted) services.showLast();
        throw error;
      } finally {
        await outlets.close();
      }
    });
  });
}
