import { gatewayOf } from '../../engine/networks.js';
import type { Engine } from '../../engine/types.js';
import type { BuildFlags } from '../flags/index.js';
import type { Control } from './control.js';

const LABEL = 'org.mobyproject.buildkit.worker.moby.host-gateway-ip';

/**
 * The address that `host-gateway` stands for, undefined where no `--add-host` has it: what the engine says, or the
 * gateway of its default network, which is what engines before 23 take.
 */
export async function hostGateway(
  { extraHosts }: BuildFlags,
  control: Control,
  engine: Engine,
): Promise<string | undefined> {
  if (!extraHosts.some((host) => host.endsWith(':host-gateway'))) return undefined;
  const { [LABEL]: address } = await control.workerLabels();
  if (address) return address;
  return gatewayOf(engine, 'bridge');
}
