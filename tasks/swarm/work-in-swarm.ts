import { imageFacts } from '../../lib/engine/images/image-facts.js';
import type { SwarmNode } from '../../lib/engine/swarm/nodes.js';
import type { Engine } from '../../lib/engine/types.js';
import type { Platform } from '../../lib/oci/image-platform.js';
import type { Draft } from '../../lib/swarm/index.js';
import { UserError } from '../../lib/text/user-error.js';
import { engineAddress, imageOf, type TaskContext, withEngines } from '../context.js';
import type { TaskRun } from '../define-task.js';
import { planShipment } from './bring-images.js';
import type { InSwarmOptions } from './in-swarm.js';
import { checkManager, managerAddress } from './manager.js';
import { reachNodes, refuseUnreachable } from './node-engines.js';

/** What is brought to a swarm. */
export interface BroughtImage {
  /** Whether what is made of it is to run on, or ends. */
  kind: 'service' | 'job';
  /** Of the project. */
  name: string;
  /** Instead of the section's `replicas`. */
  replicas?: string;
}

/** What is done in a swarm when the image is on its nodes. */
export interface PlanInSwarm {
  image: Draft['image'];
  /** The nodes that get the image. */
  nodes: readonly SwarmNode[];
  /** Sentences about those that do not. */
  left: readonly string[];
  commands: readonly string[];
}

export interface WorkInSwarm<Plan extends PlanInSwarm> {
  plan: (manager: Engine, draft: Draft, platform: Platform) => Promise<Plan>;
  /** @param engines of the nodes, by the nodes' IDs */
  carryOut: (plan: Plan, engines: ReadonlyMap<string, Engine>) => Promise<void>;
}

/**
 * Plans work in a swarm, shows it, brings the image to the nodes and carries the work out.
 *
 * @throws {UserError} `NO_SWARM`, `NO_MANAGER`, `NO_SUCH_IMAGE`, `NODE_UNREACHABLE`, `TRANSFER_FAILED`
 */
export async function workInSwarm<Plan extends PlanInSwarm>(
  context: TaskContext,
  { kind, name, replicas, ...choices }: BroughtImage & InSwarmOptions,
  { report, signal }: Pick<TaskRun, 'report' | 'signal'>,
  work: WorkInSwarm<Plan>,
): Promise<void> {
  const { draftService } = await import('../../lib/swarm/index.js');
  const { swarm, from, tag, noDelta, direct = false, acceptNew, dryRun } = choices;
  const image = imageOf(context, name, { remote: true, tag, operation: 'deploy' });
  const { swarm: settings, reference, service } = image;
  if (service.dependsOn.length > 0)
    report.warn(`${name} goes to the swarm alone: what its section depends on is deployed by itself.`);
  const address = await managerAddress(context, name, { given: swarm, written: settings.manager });
  const sourceAddress = await engineAddress(context, { host: from, hostOrigin: '--from' });
  await withEngines(context, { report, signal, acceptNew }, async (open) => {
    const [manager, source] = await Promise.all([open(address), open(sourceAddress)]);
    await checkManager(manager);
    const facts = await imageFacts(source, reference);
    if (!facts) throw missing(reference, source);
    const { project, env } = context;
    const { apiVersion } = await manager.facts();
    const draft = draftService({ kind, project, image, facts, env, replicas, apiVersion });
    const plan = await work.plan(manager, draft, facts.platform);
    for (const line of plan.left) report.warn(line);
    const { nodes } = plan;
    const reached = await reachNodes(context, { manager, nodes, hosts: settings.nodes }, open);
    refuseUnreachable(nodes, reached);
    const { engines } = reached;
    const there = plan.image.reference;
    const shipment = { source, reference, there, nodes, engines, delta: !noDelta, direct };
    const send = await planShipment(shipment, { report, signal });
    plan.commands.forEach((line) => report.command(line));
    if (dryRun) return;
    await send();
    await work.carryOut(plan, engines);
  });
}

function missing(reference: string, { address: { url } }: Engine): UserError {
  return new UserError(
    'NO_SUCH_IMAGE',
    `There is no image ${reference} on the engine at ${url}: build or pull it first.`,
  );
}
