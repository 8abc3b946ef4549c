import { findService, type SwarmService } from '../../engine/swarm/services.js';
import type { Engine } from '../../engine/types.js';
import type { Platform } from '../../oci/image-platform.js';
import { commandLine } from '../../text/command-line.js';
import { UserError } from '../../text/user-error.js';
import type { Draft } from '../draft/draft.js';
import { refuseForeign } from '../draft/name.js';
import { type Placed, placeDraft } from '../draft/place.js';
import type { ServiceSpec } from '../flags/service-spec.js';
import type { SwarmImage } from '../image.js';
import { isSameSpec } from './same-spec.js';
import { updateFlags } from './update-line.js';

/** What a deployment will do to a swarm. The images are on its nodes before it does. */
export interface DeployPlan extends Pick<Placed, 'nodes' | 'unlabelled' | 'left'> {
  manager: Engine;
  /** The service's name. */
  name: string;
  image: SwarmImage;
  spec: ServiceSpec;
  /** The service as it is; absent where there is none yet. */
  existing?: SwarmService;
  action: 'create' | 'update' | 'nothing';
  /** `docker …` lines that do the same, without secrets. */
  commands: readonly string[];
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
  const placed = await placeDraft(manager, draft, platform);
  const { ids, keepAway, labelCommands, nodes, unlabelled, left } = placed;
  const { words, spec } = draft.complete(ids, keepAway);
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
  return { manager, name, image, spec, existing, action, commands, nodes, unlabelled, left };
}

/** A swarm makes no service with a number of containers of one that has one on each node, or the other way round. */
function refuseOtherMode(name: string, existing: SwarmService | undefined, { Mode }: ServiceSpec): void {
  if (!existing || (existing.Spec.replicas === undefined) === (Mode.Replicated === undefined)) return;
  const sentence = `The service ${name} has ${Mode.Replicated ? 'one container on each node, and is to have a number of them' : 'a number of containers, and is to have one on each node'}, which no swarm makes of it: remove it first (docker service rm ${name}).`;
  throw new UserError('OTHER_MODE', sentence);
}
