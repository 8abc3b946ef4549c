import { labelledContainers } from '../engine/containers/list.js';
import { removeContainer } from '../engine/containers/remove.js';
import { labelledNetworks, removeNetwork } from '../engine/networks.js';
import type { Engine } from '../engine/types.js';
import { PROJECT_LABEL } from '../run/labels.js';
import { hasEnded } from '../system/process-mark.js';
import { OWNER_LABEL } from './labels.js';

/**
 * Removes what processes have left that were killed before they could: containers and networks of this project and user.
 *
 * @returns whether there was anything
 */
export async function sweep(engine: Engine, group: string): Promise<boolean> {
  const label = `${PROJECT_LABEL}=${group}`;
  const isLeft = ({ Labels }: { Labels?: Readonly<Record<string, string>> }) =>
    hasEnded(Labels?.[OWNER_LABEL] ?? '');
  const containers = (await labelledContainers(engine, label)).filter(isLeft);
  await Promise.all(containers.map(({ Id }) => removeContainer(engine, Id)));
  const networks = (await labelledNetworks(engine, label)).filter(isLeft);
  await Promise.all(networks.map(({ Id }) => removeNetwork(engine, Id)));
  return containers.length + networks.length > 0;
}
