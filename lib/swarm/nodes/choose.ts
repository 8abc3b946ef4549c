import type { SwarmNode } from '../../engine/swarm/nodes.js';
import { UserError } from '../../text/user-error.js';
import type { ServiceSpec } from '../flags/service-spec.js';
import type { Constraint } from './constraints.js';
import { type Dropped, settingsOfNewEngines } from './dropped.js';

/** The nodes that may run a service, and those that are left out although its section does not say so. */
export interface ChosenNodes {
  chosen: SwarmNode[];
  /** A sentence each. */
  left: string[];
  /**
   * Keep it from nodes that would drop a setting of it in silence, or keep one of a service with one on each node waiting: such
   * a node may have the image for another service, or for what this one was.
   */
  keepAway: string[];
}

interface Wanted {
  spec: ServiceSpec;
  constraints: readonly Constraint[];
  /** The image's. */
  platform: { os: string; architecture: string };
}

/** @throws {UserError} `NO_NODE` where no node may run it */
export function chooseNodes(nodes: readonly SwarmNode[], wanted: Wanted): ChosenNodes {
  const meant = nodes.filter((node) => wanted.constraints.every((fulfils) => fulfils(node)));
  const judged = meant.map((node) => ({ node, why: whyNot(node, wanted) }));
  const left = judged.flatMap(({ node, why }) =>
    why === undefined ? [] : [`${node.hostname} gets nothing: ${why}`],
  );
  const chosen = judged.flatMap(({ node, why }) => (why === undefined ? [node] : []));
  const keepAway = meant.filter((node) => isToKeepAway(node, wanted)).map(({ id }) => `node.id!=${id}`);
  if (chosen.length > 0) return { chosen, left, keepAway };
  const reasons = meant.length === 0 ? ['none of its nodes fulfils all of "constraints"'] : left;
  throw new UserError('NO_NODE', `No node of the swarm may run it: ${reasons.join('; ')}.`);
}

function isToKeepAway(node: SwarmNode, wanted: Wanted): boolean {
  if (droppedBy(node, wanted)) return true;
  return wanted.spec.Mode.Global !== undefined && lackedBy(node, wanted) !== undefined;
}

function droppedBy({ engineVersion }: SwarmNode, { spec }: Wanted): Dropped | undefined {
  return settingsOfNewEngines(spec).find(({ since }) => Number.parseInt(engineVersion, 10) < since);
}

function whyNot(node: SwarmNode, wanted: Wanted): string | undefined {
  if (node.state !== 'ready') return `it is ${node.state}`;
  if (node.availability !== 'active') return `its availability is ${node.availability}`;
  const { os, architecture } = wanted.platform;
  if (node.os !== os || node.arch !== architecture)
    return `it runs ${node.os}/${node.arch}, and the image is for ${os}/${architecture}`;
  const lacking = lackedBy(node, wanted);
  if (lacking !== undefined) return lacking;
  const dropped = droppedBy(node, wanted);
  if (!dropped) return undefined;
  const { setting, since } = dropped;
  return `its engine, ${node.engineVersion}, would drop ${setting} in silence (${since} and later know it)`;
}

/** The swarm would keep it waiting, for ever where no node has as many. */
function lackedBy({ counted }: SwarmNode, { spec }: Wanted): string | undefined {
  for (const { DiscreteResourceSpec } of spec.TaskTemplate.Resources?.Reservations?.GenericResources ?? []) {
    const { Kind = '', Value = 0 } = DiscreteResourceSpec;
    const has = counted.get(Kind) ?? 0;
    if (has < Value)
      return `it has ${has} of ${Kind}, and one container takes ${Value} ("node-generic-resources" in its daemon.json counts them)`;
  }
  return undefined;
}
