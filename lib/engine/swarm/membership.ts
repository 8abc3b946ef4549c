import { flag, list, object, optional, text } from '../client/shape.js';
import type { Engine } from '../types.js';

const INFO = object({
  Swarm: optional(
    object({
      NodeID: optional(text),
      ControlAvailable: optional(flag),
      RemoteManagers: optional(list(object({ Addr: optional(text) }))),
    }),
  ),
});

/** What an engine says of the swarm that it is in. */
export interface Membership {
  /** Its own ID there; undefined where it is in none. */
  nodeId?: string;
  isManager: boolean;
  /** Addresses of the managers, `10.0.0.7:2377`. */
  managers: readonly string[];
}

export async function membershipOf(engine: Engine): Promise<Membership> {
  const { Swarm } = await engine.client.json('GET', '/info', INFO);
  return {
    ...(Swarm?.NodeID && { nodeId: Swarm.NodeID }),
    isManager: Swarm?.ControlAvailable ?? false,
    managers: (Swarm?.RemoteManagers ?? []).flatMap(({ Addr }) => Addr ?? []),
  };
}
