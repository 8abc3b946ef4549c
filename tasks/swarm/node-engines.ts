import { formatHost } from '../../lib/engine/connect/host.js';
import { membershipOf } from '../../lib/engine/swarm/membership.js';
import type { SwarmNode } from '../../lib/engine/swarm/nodes.js';
import type { Engine, EngineAddress } from '../../lib/engine/types.js';
import { messageOf } from '../../lib/text/thrown.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Word } from '../../lib/text/word.js';
import { type BareContext, hostAddress, type OpenEngine } from '../context.js';

/** The engines of nodes by the nodes' IDs, and why others cannot be reached. */
export interface NodeEngines {
  engines: Map<string, Engine>;
  /** A sentence each. */
  problems: Map<string, UserError>;
}

export interface NodesToReach {
  manager: Engine;
  nodes: readonly SwarmNode[];
  /** Hosts of run.cfg that are nodes; which of them, they say themselves. */
  hosts: readonly Word[];
}

/**
 * Opens the engines of nodes: the manager's own, those of the hosts that run.cfg names, and all others over ssh at the
 * swarm's own addresses, through the manager and as its user.
 *
 * @throws {UserError} `NOT_A_NODE` for a host that is no node of this swarm, and what it cannot be reached by
 */
export async function reachNodes(
  context: BareContext,
  { manager, nodes, hosts }: NodesToReach,
  open: OpenEngine,
): Promise<NodeEngines> {
  const engines = new Map<string, Engine>();
  const problems = new Map<string, UserError>();
  const own = await membershipOf(manager);
  if (own.nodeId !== undefined) engines.set(own.nodeId, manager);
  await Promise.all(
    hosts.map(async (host) => {
      const engine = await open(await hostAddress(context, host));
      const { nodeId = '' } = await membershipOf(engine);
      if (!nodes.some(({ id }) => id === nodeId)) {
        const sentence = `${host.text} of "nodes" is no node of the swarm of ${manager.address.url}, or one that gets nothing: take it out.`;
        throw new UserError('NOT_A_NODE', sentence);
      }
      if (!engines.has(nodeId)) engines.set(nodeId, engine);
    }),
  );
  await Promise.all(
    nodes.map(async (node) => {
      if (engines.has(node.id)) return;
      try {
        engines.set(node.id, await open(addressOf(node, manager)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        problems.set(node.id, error);
      }
    }),
  );
  return { engines, problems };
}

/** Where a node is reached that run.cfg says nothing of. */
function addressOf({ address, hostname }: SwarmNode, { address: { target } }: Engine): EngineAddress {
  const way = target.kind === 'ssh' ? target : undefined;
  const login = way?.user === undefined ? {} : { user: way.user };
  const own = {
    kind: 'ssh' as const,
    ...login,
    host: address,
    ...(way && { jump: { ...login, host: way.host, ...(way.port !== undefined && { port: way.port }) } }),
  };
  const url = formatHost(own);
  return { target: own, url, origin: `node ${hostname} of the swarm`, remote: true, cliFlags: ['-H', url] };
}

/** @throws {UserError} `NODE_UNREACHABLE` where one of the nodes cannot be reached */
export function refuseUnreachable(nodes: readonly SwarmNode[], { problems }: NodeEngines): void {
  const sentences = nodes.flatMap(({ id, hostname }) => {
    const problem = problems.get(id);
    return problem ? [`${hostname}: ${messageOf(problem)}`] : [];
  });
  if (sentences.length === 0) return;
  const remedy = 'say in "nodes" how they are reached, or keep the service from them by "constraints"';
  throw new UserError(
    'NODE_UNREACHABLE',
    `${sentences.length} of ${nodes.length} nodes that may run it cannot be reached: ${remedy}.\n${sentences.join('\n')}`,
  );
}
