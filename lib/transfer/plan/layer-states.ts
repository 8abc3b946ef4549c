import type { Store } from '../../engine/stores.js';
import type { DiffId } from '../../oci/digest.js';
import type { LayerState } from '../base/types.js';

/**
 * Which layers the target has, as far as its images tell: a graph driver shares a layer on the same chain of layers
 * below it, the other stores share equal files, of which only a probe tells.
 *
 * @param chains diff IDs of the target's images
 */
export function layerStates(
  diffIds: readonly DiffId[],
  chains: readonly (readonly DiffId[])[],
  store: Store,
): { diffId: DiffId; state: LayerState }[] {
  if (store.reusesLayers) {
    const known = new Set(chains.flat());
    return diffIds.map((diffId) => ({ diffId, state: known.has(diffId) ? 'probe' : 'missing' }));
  }
  const shared = Math.max(0, ...chains.map((chain) => sharedLength(diffIds, chain)));
  return diffIds.map((diffId, i) => ({ diffId, state: i < shared ? 'there' : 'missing' }));
}

/** How many of the first entries are the same. */
export function sharedLength(a: readonly DiffId[], b: readonly DiffId[]): number {
  const end = a.findIndex((diffId, i) => diffId !== b[i]);
  return end === -1 ? a.length : end;
}
