import { imageFacts } from '../../lib/engine/images/image-facts.js';
import type { SwarmNode } from '../../lib/engine/swarm/nodes.js';
import type { Engine, EngineAddress } from '../../lib/engine/types.js';
import type { Platform } from '../../lib/oci/image-platform.js';
import type { Image } from '../../lib/project/types.js';
import type { Draft } from '../../lib/swarm/index.js';
import { UserError } from '../../lib/text/user-error.js';
import { engineAddress, openEngine, type TaskContext } from '../context.js';
import type { TaskRun } from '../define-task.js';
import { planShipment } from './bring-images.js';
import { checkManager, managerAddress } from './manager.js';
import { reachNodes, refuseUnreachable } from './node-engines.js';

/** What a task that brings an image to a swarm takes. */
export interface SwarmChoices {
  swarm?: string;
  from?: string;
  replicas?: string;
  noDelta?: boolean;
  acceptNew?: boolean;
  dryRun?: boolean;
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
  { image, ...choices }: SwarmChoices & { image: Image },
  { report, signal }: Pick<TaskRun, 'report' | 'signal'>,
  work: WorkInSwarm<Plan>,
): Promise<void> {
  const { draftService } = await import('../../lib/swarm/index.js');
  const { swarm, from, replicas, noDelta, acceptNew, dryRun } = choices;
  const { swarm: settings, reference } = image;
  const address = await managerAddress(context, image.name, { given: swarm, written: settings.manager });
  const sourceAddress = await engineAddress(context, { host: from, hostOrigin: '--from' });
  const opened: Engine[] = [];
  const open = async (one: EngineAddress) => {
    const engine = await openEngine(context, one, { report, signal, acceptNew });
    opened.push(engine);
    return engine;
  };
  try {
    const [manager, source] = await Promise.all([open(address), open(sourceAddress)]);
    await checkManager(manager);
    const facts = await imageFacts(source, reference);
    if (!facts) throw missing(reference, source);
    const { project, env } = context;
    const { apiVersion } = await manager.facts();
    const draft = draftService({ project, image, facts, env, replicas, apiVersion });
    const plan = await work.plan(manager, draft, facts.platform);
    for (const line of plan.left) report.warn(line);
    const { nodes } = plan;
    const reached = await reachNodes(context, { manager, nodes, hosts: settings.nodes }, open);
    refuseUnreachable(nodes, reached);
    const { engines } = reached;
    const there = plan.image.reference;
    const shipment = { source, reference, there, nodes, engines, delta: !noDelta };
    const send = await planShipment(shipment, { report, signal });
    plan.commands.forEach((line) => report.command(line));
    if (dryRun) return;
    await send();
    await work.carryOut(plan, engines);
  } finally {
    await Promise.all(opened.map((engine) => engine.close()));
  }
}

function missing(reference: string, { address: { url } }: Engine): UserError {
  return new UserError(
    'NO_SUCH_IMAGE',
    `There is no image ${reference} on the engine at ${url}: build or pull it first.`,
  );
}
