import { UserError } from '../text/user-error.js';
import type { PlannedLayer, TransferPlan } from './base/types.js';
import { canUnzstd, isZstd, readsZstd } from './packing/unzstd.js';
import type { HostFeed } from './source/host-feed.js';

/**
 * Whether layers that are packed as zstd can reach a target that cannot read them.
 *
 * @throws {UserError} `NO_ZSTD` before anything is sent, where they have to be unpacked and nothing here can do it
 */
export async function checkZstd(plan: TransferPlan, feed: HostFeed): Promise<void> {
  const { reference, source, target, layers } = plan;
  const facts = await target.facts();
  if ((await source.facts()).store !== 'containerd' || readsZstd(facts)) return;
  await feed.documents({ sizes: false });
  const isPacked = ({ diffId, state }: PlannedLayer) => {
    const blob = feed.archive.blob(diffId);
    return state !== 'there' && blob && isZstd(blob);
  };
  if (!layers.some(isPacked) || (await canUnzstd())) return;
  throw new UserError(
    'NO_ZSTD',
    `${reference} has layers packed as zstd, which the engine at ${target.address.url} (version ${facts.version}) ` +
      'cannot read: to have them unpacked here, use Node 22.15 or later, or install the program zstd.',
  );
}
