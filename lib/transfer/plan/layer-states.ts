import type { Store } from '../../engine/stores.js';
import type { DiffId } from '../../oci/digest.js';
import type { LayerState } from '../base/types.js';

/**
 * Which layers the target has, as far as its images tell: a graph driver shares a layer on the same chain of layers
 * below it, podman's store on any base, too, containerd's shares equal files: of both only a probe tells.
 *
 * @param chains diff IDs of the target's images
 */
export function layerStates(
  diffIds: readonly DiffId[],
  chains: readonly (readonly DiffId[])[],
  store: Store,
): { diffId: DiffId; state: LayerState }[] {
  const known = new Set(store.reusesLayers ? chains.flat() : []);
  const shared = store.provesChains ? Math.max(0, ...chains.map((chain) => sharedLength(diffIds, chain))) : 0;
  const stateOf = (diffId: DiffId, i: number) => {
    if (i < shared) return 'there';
    return known.has(diffId) ? 'probe' : 'missing';
  };
  return diffIds.map((diffId, i) => ({ diffId, state: stateOf(diffId, i) }));
}

/** How many of the first entries are the same. */
export function sharedLength(a: readonly DiffId[], b: readonly DiffId[]): number {
  const end = a.findIndex((diffId, i) => diffId !== b[i]);
  return end === -1 ? a.length : end;
}
