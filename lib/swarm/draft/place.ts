import { idsByName, networkIds } from '../../engine/swarm/names.js';
import { changeLabels, listNodes, type SwarmNode } from '../../engine/swarm/nodes.js';
import type { Engine } from '../../engine/types.js';
import type { Platform } from '../../oci/image-platform.js';
import { commandLine } from '../../text/command-line.js';
import type { ServiceRequest } from '../flags/parse-service.js';
import type { Ids } from '../flags/references.js';
import type { SwarmImage } from '../image.js';
import { chooseNodes } from '../nodes/choose.js';
import type { Draft } from './draft.js';

/** Where a draft may run in a swarm. */
export interface Placed {
  /** The nodes that may run it. */
  nodes: readonly SwarmNode[];
  /** Those of them that have no label yet which says that they have the image. */
  unlabelled: readonly SwarmNode[];
  /** The `docker node update …` lines that make the labels. */
  labelCommands: readonly string[];
  /** Sentences about nodes that get nothing. */
  left: readonly string[];
  /** Flags that keep it from nodes that would drop a setting of it in silence. */
  keepAway: readonly string[];
  /** Of what the draft names. */
  ids: Ids;
}

/**
 * Asks a swarm for what a draft names, and where it may run.
 *
 * @throws {UserError} `NO_NODE` where no node may run it
 */
export async function placeDraft(
  manager: Engine,
  { request: { spec, named }, image, constraints }: Draft,
  platform: Platform,
): Promise<Placed> {
  const [ids, all] = await Promise.all([idsOf(manager, named), listNodes(manager)]);
  const { chosen: nodes, left, keepAway } = chooseNodes(all, { spec, constraints, platform });
  const unlabelled = nodes.filter(({ labels }) => labels[image.label] !== image.name);
  const label = `${image.label}=${image.name}`;
  const labelCommands = unlabelled.map(({ id }) =>
    commandLine(['docker', ...manager.address.cliFlags, 'node', 'update', '--label-add', label, id]),
  );
  const flags = keepAway.map((constraint) => `--constraint=${constraint}`);
  return { nodes, unlabelled, labelCommands, left, keepAway: flags, ids };
}

/** Has nodes say that they have an image, which they have: tasks of it come to no others. */
export async function labelNodes(
  manager: Engine,
  nodes: readonly SwarmNode[],
  image: SwarmImage,
): Promise<void> {
  for (const { id } of nodes) await changeLabels(manager, id, { [image.label]: image.name });
}

async function idsOf(manager: Engine, named: ServiceRequest['named']): Promise<Ids> {
  const [networks, secrets, configs] = await Promise.all([
    networkIds(manager, named.networks),
    idsByName(manager, 'secrets', named.secrets),
    idsByName(manager, 'configs', named.configs),
  ]);
  return {
    network: (name) => networks.get(name),
    secret: (name) => secrets.get(name),
    config: (name) => configs.get(name),
  };
}
