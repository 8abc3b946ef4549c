import { isRefusal } from '../engine/client/errors.js';
import { makeUnderFreeName } from '../engine/free-name.js';
import { makerOf } from '../engine/makers/index.js';
import { createNetwork, labelledNetworks, removeNetwork } from '../engine/networks.js';
import type { Engine } from '../engine/types.js';
import type { RunPlan } from '../run/index.js';
import { PROJECT_LABEL } from '../run/labels.js';
import { processMark } from '../system/process-mark.js';
import { hasKept } from './kept.js';
import { OWNER_LABEL } from './labels.js';
import type { ServicesPlan } from './types.js';

/** IDs of networks by the names that plans have for them. */
export type NetworkIds = ReadonlyMap<string, string>;

/**
 * Makes the networks of a plan; that of services that are kept may be there.
 *
 * @param tell is called with the name of each that is about to be made
 */
export async function makeNetworks(
  engine: Engine,
  { group, networks: { own, kept } }: Pick<ServicesPlan, 'group' | 'networks'>,
  tell: (network: string) => void,
): Promise<NetworkIds> {
  const ids = new Map<string, string>();
  if (kept !== undefined) ids.set(kept, await keptNetwork(engine, group, kept, tell));
  if (own === undefined) return ids;
  tell(own);
  ids.set(own, await ownNetwork(engine, own, { [PROJECT_LABEL]: group, [OWNER_LABEL]: processMark() }));
  return ids;
}

/** Runs that begin in one second each have a network of another name. */
function ownNetwork(engine: Engine, name: string, labels: Readonly<Record<string, string>>): Promise<string> {
  return makeUnderFreeName(
    name,
    (free) => createNetwork(engine, free, labels),
    async (error) => isRefusal(error) && makerOf(await engine.facts()).isNameTaken(error),
  );
}

/**
 * The network that belongs to nobody's process. Of several that are made at once the oldest counts: 20.10 makes all of
 * them, whatever their names.
 */
async function keptNetwork(
  engine: Engine,
  group: string,
  name: string,
  tell: (network: string) => void,
): Promise<string> {
  const find = async () => {
    const all = await labelledNetworks(engine, `${PROJECT_LABEL}=${group}`);
    return all.find(({ Labels }) => Labels?.[OWNER_LABEL] === undefined)?.Id;
  };
  const found = await find();
  if (found !== undefined) return found;
  tell(name);
  const made = await createNetwork(engine, name, { [PROJECT_LABEL]: group }).catch((error: unknown) => error);
  const oldest = await find();
  if (typeof made !== 'string') {
    if (oldest === undefined) throw made;
    return oldest;
  }
  // A prune may have taken it away at once; what is started in it says so.
  if (oldest === undefined) return made;
  if (made !== oldest) await removeNetwork(engine, made);
  return oldest;
}

/**
 * Removes the networks of a plan, that of services that are kept behind the last of them.
 *
 * @param noneIsKept whether none of this plan's services stays
 */
export async function removeNetworks(
  engine: Engine,
  { group, networks: { own, kept } }: Pick<ServicesPlan, 'group' | 'networks'>,
  ids: NetworkIds,
  noneIsKept: boolean,
): Promise<void> {
  // Another process may have made a service whose start is still to come: until then the engine would let the network go.
  const isUsed = kept === undefined || !noneIsKept || (await hasKept(engine, group));
  for (const network of [own, isUsed ? undefined : kept]) {
    const id = network === undefined ? undefined : ids.get(network);
    if (id !== undefined) await removeNetwork(engine, id);
  }
}

/** A run whose networks go by ID, as they must where an engine has two of one name. */
export function withNetworkIds(plan: RunPlan, ids: NetworkIds): RunPlan {
  const { withoutInput, request } = plan;
  const { body } = request;
  const idOf = (name: string) => ids.get(name) ?? name;
  const endpoints = Object.entries(body.NetworkingConfig.EndpointsConfig);
  return {
    ...plan,
    request: {
      ...request,
      body: {
        ...body,
        HostConfig: { ...body.HostConfig, NetworkMode: idOf(body.HostConfig.NetworkMode) },
        NetworkingConfig: {
          EndpointsConfig: Object.fromEntries(endpoints.map(([name, endpoint]) => [idOf(name), endpoint])),
        },
      },
    },
    ...(withoutInput && { withoutInput: () => withNetworkIds(withoutInput(), ids) }),
  };
}
