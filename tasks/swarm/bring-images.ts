import { imageFacts } from '../../lib/engine/images/image-facts.js';
import { tagImage } from '../../lib/engine/images/names.js';
import { membershipOf } from '../../lib/engine/swarm/membership.js';
import type { SwarmNode } from '../../lib/engine/swarm/nodes.js';
import type { Engine } from '../../lib/engine/types.js';
import type { Reference } from '../../lib/oci/reference.js';
import { commandLine } from '../../lib/text/command-line.js';
import { UserError } from '../../lib/text/user-error.js';
import type { TaskRun } from '../define-task.js';
import { failuresOn, tellFailures } from '../host-failures.js';
import { showPlans } from '../transfer-plans.js';

export interface Shipment {
  source: Engine;
  /** What the source calls the image, and what the nodes call it. */
  reference: Reference;
  there: Reference;
  nodes: readonly SwarmNode[];
  /** By the IDs of the nodes. */
  engines: ReadonlyMap<string, Engine>;
  delta: boolean;
  /** Whether each node gets its own copy from here. */
  direct: boolean;
}

/** Shows what nodes lack of an image. @returns what sends it; nothing is done before */
export async function planShipment(
  shipment: Shipment,
  { report, signal }: Pick<TaskRun, 'report' | 'signal'>,
): Promise<() => Promise<void>> {
  const { carryOutTransfers, planTransfer } = await import('../../lib/transfer/index.js');
  const { source, reference, there, nodes, engines, delta, direct } = shipment;
  const own = (await membershipOf(source)).nodeId;
  const targets = nodes.flatMap(({ id }) => (id === own ? [] : (engines.get(id) ?? [])));
  const plans = await Promise.all(
    targets.map((target) => planTransfer(source, target, reference, { as: there, delta })),
  );
  signal.throwIfAborted();
  const missing = plans.filter(({ alreadyThere }) => alreadyThere === undefined);
  const isHere = nodes.some(({ id }) => id === own);
  const isNamed = isHere && (await hasName(source, reference, there));
  if (missing.length === 0 && (!isHere || isNamed))
    report.info(`${there} is on all ${nodes.length} nodes that may run it: nothing to send`);
  const ways = await showPlans(missing, { direct }, report);
  if (isHere && !isNamed)
    report.command(commandLine(['docker', ...source.address.cliFlags, 'tag', reference, there]));
  return async () => {
    if (isHere && !isNamed) await tagImage(source, reference, there);
    const outcomes = await carryOutTransfers(missing, { report, signal }, ways);
    const failures = failuresOn(
      missing.map(({ target }) => target.address.url),
      outcomes,
    );
    signal.throwIfAborted();
    const told = tellFailures(failures);
    if (!told) return;
    throw new UserError(
      'TRANSFER_FAILED',
      `${failures.length} of ${nodes.length} nodes did not get ${there}, so nothing was changed in the swarm.\n${told.sentences}`,
      { cause: told.cause },
    );
  };
}

async function hasName(engine: Engine, reference: Reference, there: Reference): Promise<boolean> {
  const [image, named] = await Promise.all([imageFacts(engine, reference), imageFacts(engine, there)]);
  return named !== undefined && named.id === image?.id;
}
