import type { Means } from '../../engine/means.js';
import { listNodes, type SwarmNode } from '../../engine/swarm/nodes.js';
import { findService, type SwarmService } from '../../engine/swarm/services.js';
import type { Engine } from '../../engine/types.js';
import type { Image } from '../../project/types.js';
import { formatDuration } from '../../report/format.js';
import { commandLine } from '../../text/command-line.js';
import { UserError } from '../../text/user-error.js';
import { refuseForeign, serviceNameOf } from '../draft/name.js';
import { swarmImageOf } from '../image.js';
import { causeIn, failureOf, goBack } from './go-back.js';

/** A way back of a service. */
export interface RollBackPlan {
  manager: Engine;
  name: string;
  service: SwarmService;
  /** The image that it will run. */
  image: string;
  nodes: readonly SwarmNode[];
  /** Those that have the image, as their labels say. */
  having: readonly SwarmNode[];
  command: string;
}

/**
 * Asks a swarm what a service was before its last change.
 *
 * @throws {UserError} `NO_SERVICE`, `NOT_OURS`, `NOTHING_BEFORE`, `NO_NODE` where no node has the image any more
 */
export async function planRollBack(manager: Engine, image: Image): Promise<RollBackPlan> {
  const name = serviceNameOf(image);
  const [service, nodes] = await Promise.all([findService(manager, name), listNodes(manager)]);
  if (!service)
    throw new UserError('NO_SERVICE', `The swarm has no service ${name}: deploy:${image.name} makes it.`);
  refuseForeign(name, service.Spec.labels, image.repository);
  const { PreviousSpec: before } = service;
  if (!before)
    throw new UserError(
      'NOTHING_BEFORE',
      `The swarm knows nothing that ${name} was before what it is now, so it cannot go back.`,
    );
  const meant = swarmImageOf(before.image);
  const having = nodes.filter(
    ({ labels, state }) => state === 'ready' && meant && labels[meant.label] === meant.name,
  );
  if (having.length === 0)
    throw new UserError('NO_NODE', `No node has ${before.image} any more, to which ${name} would go back.`);
  const words = ['docker', ...manager.address.cliFlags, 'service', 'rollback', '--detach', name];
  return { manager, name, service, image: before.image, nodes, having, command: commandLine(words) };
}

/**
 * Makes a service what it was before its last change, and waits until all of it runs.
 *
 * @throws {UserError} `DEPLOY_FAILED`, `DEPLOY_TIMEOUT`
 */
export async function carryOutRollBack(
  plan: RollBackPlan,
  means: Pick<Means, 'report' | 'signal'> & { timeout: number },
): Promise<void> {
  const { manager, name, image, nodes, having } = plan;
  const { ID: id } = plan.service;
  const started = performance.now();
  const activity = means.report.activity(`rollback ${name}`);
  try {
    const service = { manager, id, name, nodes, timeout: means.timeout };
    const { result, followed, tty } = await goBack(service, having.length, activity, means);
    if (result.outcome !== 'runs') {
      const cause = await causeIn(result, followed, { tty }, means.signal);
      throw failureOf(result, followed, cause, `${name} stays as it is now`);
    }
    const took = formatDuration(performance.now() - started);
    activity.done(`${name}: ${followed.course.replicas ?? having.length} run ${image} again, ${took}`);
  } catch (error) {
    activity.failed();
    throw error;
  }
}
