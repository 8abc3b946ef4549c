import type { Means } from '../../engine/means.js';
import { listNodes } from '../../engine/swarm/nodes.js';
import { createService, findService, removeService, updateService } from '../../engine/swarm/services.js';
import type { Engine } from '../../engine/types.js';
import { formatDuration } from '../../report/format.js';
import type { Activity } from '../../report/types.js';
import { labelNodes } from '../draft/place.js';
import { removeOldContents } from '../old-contents.js';
import { serviceGone } from './failures.js';
import type { Followed, Result } from './follow.js';
import { causeIn, courseOf, failureOf, followOrTell, goBack } from './go-back.js';
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
  const started = performance.now();
  try {
    const id = await change(plan);
    const followed = await followedOf(plan, id, means.timeout);
    const result = await followOrTell(followed, activity, means);
    if (result.outcome !== 'runs') throw await undo(result, followed, { plan, activity, means });
    const count = followed.course.replicas ?? plan.nodes.length;
    const what =
      plan.action === 'nothing' ? 'as it is deployed already' : formatDuration(performance.now() - started);
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
    course: { ...courseOf(service, nodes.length), unchanged: action === 'nothing' },
    nodes: await listNodes(manager),
    // What the swarm has updated it has watched, too.
    hold: action === 'create' ? monitor / MILLISECOND : 0,
  };
}

/** @returns what is to be thrown, when there is nothing half-done any more */
async function undo(
  result: Result,
  followed: Followed,
  { plan, activity, means }: { plan: DeployPlan; activity: Activity; means: DeployMeans },
): Promise<Error> {
  const { manager, name, spec, existing, action } = plan;
  const tty = spec.TaskTemplate.ContainerSpec.TTY ?? false;
  const cause = await causeIn(result, followed, { tty }, means.signal);
  return failureOf(result, followed, cause, await end());

  async function end(): Promise<string> {
    const { lost } = result;
    if (result.outcome === 'undone')
      return `the swarm has gone back to what ${name} was before${lost.length === 0 ? '' : `, without ${lost.join(' and ')}, lost meanwhile`}`;
    if (result.isBack)
      return result.outcome === 'late'
        ? `the swarm goes back to what ${name} was before, of which not all runs yet`
        : `the swarm does not get back to what ${name} was before, either`;
    if (action === 'create') {
      await removeService(manager, followed.id);
      return `${name}, which was not there before, was removed again`;
    }
    const stands = `${name} stays as it is now, and rollback goes back`;
    const isWanted = spec.UpdateConfig?.FailureAction === 'rollback' && action === 'update' && existing;
    if (!isWanted) return stands;
    activity.line(`going back to what ${name} was before`);
    // On a node that is lost nothing comes up, and a swarm does not look for it there.
    const having = plan.nodes.filter(({ hostname }) => !result.lost.includes(hostname)).length;
    const back = { ...followed, nodes: await listNodes(manager), timeout: TIME_TO_GO_BACK };
    const { outcome } = (await goBack(back, having, activity, means)).result;
    return outcome === 'runs'
      ? `${name} has gone back to what it was before`
      : `${name} does not go back to what it was before, either`;
  }
}
