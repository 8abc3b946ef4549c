import type { Means } from '../../engine/means.js';
import { listNodes } from '../../engine/swarm/nodes.js';
import {
  createService,
  findService,
  removeService,
  rollBackService,
  type SwarmService,
  updateService,
} from '../../engine/swarm/services.js';
import type { Engine } from '../../engine/types.js';
import { formatDuration } from '../../report/format.js';
import type { Activity } from '../../report/types.js';
import { commandLine } from '../../text/command-line.js';
import { isRecord } from '../../text/record.js';
import { labelNodes } from '../draft/place.js';
import { removeOldContents } from '../old-contents.js';
import { lastLines } from '../task-lines.js';
import { deployFailed, deployTooSlow, serviceGone } from './failures.js';
import { follow, type Followed, placeOf, type Result, waitingFor } from './follow.js';
import type { Course } from './judge.js';
import type { DeployPlan } from './plan.js';

export interface DeployMeans extends Pick<Means, 'report' | 'signal'> {
  /** Milliseconds until the service must have come up. */
  timeout: number;
  /** The engines of the nodes that are reached, by the nodes' IDs: for the images that nobody needs any more. */
  engines: ReadonlyMap<string, Engine>;
}

/** Milliseconds that the swarm has to go back to what was there before. */
const TIME_TO_GO_BACK = 600_000;

const MILLISECOND = 1e6;
const USUAL_MONITOR = 5_000;

/**
 * Makes the service what it is to be, and waits until all of it runs. The images are on the nodes already.
 *
 * A service that did not run before is removed where it does not come up, and one that did goes back to what it was, unless
 * its section says otherwise.
 *
 * @throws {UserError} `DEPLOY_FAILED` with the first cause and what that task wrote last, `DEPLOY_TIMEOUT`
 */
export async function carryOutDeploy(plan: DeployPlan, means: DeployMeans): Promise<void> {
  const { manager, name, image, unlabelled } = plan;
  const { report, signal } = means;
  await labelNodes(manager, unlabelled, image);
  signal.throwIfAborted();
  const activity = report.activity(`deploy ${name}`);
  const started = Date.now();
  try {
    const id = await change(plan);
    const followed = await followedOf(plan, id, means.timeout);
    const result = await followOrTell(followed, plan, activity, means);
    if (result.outcome !== 'runs') throw await undo(result, followed, { plan, activity, means });
    const count = followed.course.replicas ?? plan.nodes.length;
    const what =
      plan.action === 'nothing' ? 'as it is deployed already' : formatDuration(Date.now() - started);
    activity.done(`${name}: ${count} of ${count} run ${image.reference}, ${what}`);
  } catch (error) {
    activity.failed();
    throw error;
  }
  await removeOldContents({ manager, name: image.name, engines: means.engines }, report);
}

/** @returns the service's ID */
async function change({ manager, spec, existing, action }: DeployPlan): Promise<string> {
  if (!existing) return createService(manager, spec);
  // A forced update by hand must not look like a change.
  const TaskTemplate = { ...spec.TaskTemplate, ForceUpdate: existing.Spec.forceUpdate };
  if (action === 'update') await updateService(manager, existing.ID, { ...spec, TaskTemplate });
  return existing.ID;
}

async function followedOf(
  { manager, name, spec, nodes, action }: DeployPlan,
  id: string,
  timeout: number,
): Promise<Followed> {
  const service = await findService(manager, id);
  if (!service) throw serviceGone(name);
  const monitor = spec.UpdateConfig?.Monitor ?? USUAL_MONITOR * MILLISECOND;
  return {
    ...{ manager, id, name, timeout },
    course: courseOf(service, nodes.length),
    nodes: await listNodes(manager),
    // What the swarm has updated it has watched, too.
    hold: action === 'create' ? monitor / MILLISECOND : 0,
  };
}

/** What a service is on its way to. */
export function courseOf({ Spec, UpdatedAt }: SwarmService, nodes: number): Course {
  const { TaskTemplate: task } = Spec.whole;
  return {
    task: isRecord(task) ? task : {},
    ...(Spec.replicas !== undefined && { replicas: Spec.replicas }),
    nodes,
    since: UpdatedAt,
  };
}

/** Follows it; whoever interrupts that hears what goes on without this process. */
export async function followOrTell(
  followed: Followed,
  { manager, name }: Pick<DeployPlan, 'manager' | 'name'>,
  activity: Activity,
  { report, signal }: Pick<Means, 'report' | 'signal'>,
): Promise<Result> {
  try {
    return await follow(followed, activity, signal);
  } catch (error) {
    if (signal.aborted) {
      const look = commandLine(['docker', ...manager.address.cliFlags, 'service', 'ps', name]);
      report.warn(`The swarm goes on with ${name} by itself: ${look} shows how far it is.`);
    }
    throw error;
  }
}

/** The task that failed first, and what it wrote last. */
export async function causeIn(
  { failed }: Pick<Result, 'failed'>,
  followed: Followed,
  { tty }: { tty: boolean },
  signal: AbortSignal,
) {
  if (!failed) return undefined;
  const last = await lastLines(followed.manager, failed.ID, { framed: !tty, signal });
  return { task: failed, where: placeOf(failed, followed), last };
}

/** @returns what is to be thrown, when there is nothing half-done any more */
async function undo(
  { outcome, failed, tasks }: Result,
  followed: Followed,
  { plan, activity, means }: { plan: DeployPlan; activity: Activity; means: DeployMeans },
): Promise<Error> {
  const { manager, name, spec, existing, action } = plan;
  const tty = spec.TaskTemplate.ContainerSpec.TTY ?? false;
  const cause = await causeIn({ failed }, followed, { tty }, means.signal);
  const waiting = waitingFor(tasks, followed);
  const then = await end();
  return outcome === 'late' && !failed
    ? deployTooSlow(name, followed.timeout, waiting, then)
    : deployFailed(name, cause, then);

  async function end(): Promise<string> {
    if (outcome === 'undone') return `the swarm has gone back to what ${name} was before`;
    if (action === 'create') {
      await removeService(manager, followed.id);
      return `${name}, which was not there before, was removed again`;
    }
    const stands = `${name} stays as it is now, and rollback goes back`;
    const isWanted = spec.UpdateConfig?.FailureAction === 'rollback' && action === 'update' && existing;
    if (!isWanted) return stands;
    await rollBackService(manager, followed.id);
    const service = await findService(manager, followed.id);
    if (!service) throw serviceGone(name);
    const course = { ...courseOf(service, plan.nodes.length), back: true };
    activity.line(`going back to what ${name} was before`);
    const back = { ...followed, course, hold: 0, timeout: TIME_TO_GO_BACK };
    const { outcome: end } = await followOrTell(back, plan, activity, means);
    return end === 'runs'
      ? `${name} has gone back to what it was before`
      : `${name} does not go back to what it was before, either`;
  }
}
