import { idsByName, networkIds } from '../../engine/swarm/names.js';
import { listNodes, type SwarmNode } from '../../engine/swarm/nodes.js';
import { findService, type SwarmService } from '../../engine/swarm/services.js';
import type { Engine } from '../../engine/types.js';
import type { Platform } from '../../oci/image-platform.js';
import { commandLine } from '../../text/command-line.js';
import { UserError } from '../../text/user-error.js';
import type { Ids } from '../flags/references.js';
import type { ServiceSpec } from '../flags/service-spec.js';
import type { SwarmImage } from '../image.js';
import { chooseNodes } from '../nodes/choose.js';
import type { Draft } from './draft.js';
import { refuseForeign } from './name.js';
import { isSameSpec } from './same-spec.js';
import { updateFlags } from './update-line.js';

/** What a deployment will do to a swarm. The images are on its nodes before it does. */
export interface DeployPlan {
  manager: Engine;
  /** The service's name. */
  name: string;
  image: SwarmImage;
  spec: ServiceSpec;
  /** The nodes that may run it. */
  nodes: readonly SwarmNode[];
  /** Those of them that have no label yet which says that they have the image. */
  unlabelled: readonly SwarmNode[];
  /** Sentences about nodes that get nothing. */
  left: readonly string[];
  /** The service as it is; absent where there is none yet. */
  existing?: SwarmService;
  action: 'create' | 'update' | 'nothing';
  /** `docker …` lines that do the same, without secrets. */
  commands: readonly string[];
}

/** What a draft comes to in a swarm. */
export interface CompleteDraft {
  /** Words of `docker service create`, and what they mean. */
  words: readonly string[];
  spec: ServiceSpec;
  /** The nodes that may run it, and those of them that have no label yet which says that they have the image. */
  nodes: readonly SwarmNode[];
  unlabelled: readonly SwarmNode[];
  /** Sentences about nodes that get nothing. */
  left: readonly string[];
  /** The `docker node update …` lines that make the labels. */
  labelCommands: readonly string[];
  ids: Ids;
}

/**
 * Asks a swarm for what a draft names.
 *
 * @throws {UserError} `NO_NODE`, and `BAD_VALUE` with its place for a network, secret or config that the swarm lacks
 */
export async function completeDraft(
  manager: Engine,
  { request, image, constraints, complete }: Draft,
  platform: Platform,
): Promise<CompleteDraft> {
  const [ids, all] = await Promise.all([idsOf(manager, request.named), listNodes(manager)]);
  const { spec } = request;
  const { chosen: nodes, left, keepAway } = chooseNodes(all, { spec, constraints, platform });
  const unlabelled = nodes.filter(({ labels }) => labels[image.label] !== image.name);
  const label = `${image.label}=${image.name}`;
  const labelCommands = unlabelled.map(({ id }) =>
    commandLine(['docker', ...manager.address.cliFlags, 'node', 'update', '--label-add', label, id]),
  );
  return { ...complete(ids, keepAway), nodes, unlabelled, left, labelCommands, ids };
}

/**
 * Says what a deployment will change in a swarm.
 *
 * @throws {UserError} `NO_NODE`, `NOT_OURS`, `OTHER_MODE`, and `BAD_VALUE` with its place for a network, secret or config
 *   that the swarm lacks
 */
export async function planDeploy(manager: Engine, draft: Draft, platform: Platform): Promise<DeployPlan> {
  const { image, name, request } = draft;
  const existing = await findService(manager, name);
  if (existing) refuseForeign(name, existing.Spec.labels, image.name);
  refuseOtherMode(name, existing, request.spec);
  const { ids, words, labelCommands, spec, ...rest } = await completeDraft(manager, draft, platform);
  const action = !existing ? 'create' : isSameSpec(existing.Spec.whole, spec) ? 'nothing' : 'update';
  const docker = (...line: string[]) => commandLine(['docker', ...manager.address.cliFlags, ...line]);
  const commands = [
    ...labelCommands,
    ...(action === 'create' ? [docker('service', 'create', ...words)] : []),
    ...(action === 'update' && existing
      ? [
          docker(
            ...['service', 'update', '--detach', '--no-resolve-image'],
            ...updateFlags({ stored: existing.Spec.whole, wanted: spec, words, network: ids.network }),
            name,
          ),
        ]
      : []),
  ];
  return { manager, name, image, spec, existing, action, commands, ...rest };
}

/** A swarm makes no service with a number of containers of one that has one on each node, or the other way round. */
function refuseOtherMode(name: string, existing: SwarmService | undefined, { Mode }: ServiceSpec): void {
  if (!existing || (existing.Spec.replicas === undefined) === (Mode.Replicated === undefined)) return;
  const sentence = `The service ${name} has ${Mode.Replicated ? 'one container on each node, and is to have a number of them' : 'a number of containers, and is to have one on each node'}, which no swarm makes of it: remove it first (docker service rm ${name}).`;
  throw new UserError('OTHER_MODE', sentence);
}

async function idsOf(
  manager: Engine,
  named: { networks: string[]; secrets: string[]; configs: string[] },
): Promise<Ids> {
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
