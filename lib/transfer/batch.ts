import type { DiffId } from '../oci/digest.js';
import type { PlannedLayer } from './base/types.js';

/** Layers that are sent in one load. */
export interface Batch {
  /** Index of the first one, and behind the last one. */
  at: number;
  end: number;
  /** The layers to be sent, each once, however often it is in the image. */
  diffIds: readonly DiffId[];
  way: PlannedLayer['way'];
}

/** Layers up to this size together are sent at once, for the sake of round trips (bytes). */
const SENT_TOGETHER = 4 * 2 ** 20;

/** What decides which layers go in one load. */
export interface BatchRules {
  /** Whether a layer has to begin a load of its own, because the target may turn out to have it. */
  isApart: (index: number) => boolean;
  /**
   * Whether the target can use a layer again on any other base, as containerd's store does. A graph driver stores it
   * anew for each base; within one load, though, one file may stand for several of them.
   */
  reuses: boolean;
  /** All layers go in one load, whatever they are. */
  atOnce?: boolean;
}

/** The layers to send in one load, beginning with index `at`. */
export function nextBatch(
  layers: readonly PlannedLayer[],
  at: number,
  { isApart, reuses, atOnce = false }: BatchRules,
): Batch {
  const there = new Set(reuses ? layers.slice(0, at).map(({ diffId }) => diffId) : []);
  const wanted = new Set<DiffId>();
  let bytes = 0;
  const isNew = ({ diffId }: PlannedLayer) => !there.has(diffId) && !wanted.has(diffId);
  const fits = ({ size = Infinity, way }: PlannedLayer) =>
    bytes + size <= SENT_TOGETHER && way === layers[at]?.way;

  const follows = (layer: PlannedLayer, index: number) =>
    atOnce || (!isApart(index) && (!isNew(layer) || fits(layer)));

  let end = at;
  let last = at;
  for (const layer of layers.slice(at)) {
    if (end > last && !follows(layer, end)) break;
    if (isNew(layer)) {
      bytes += layer.size ?? Infinity;
      wanted.add(layer.diffId);
    }
    if (!reuses) last = Math.max(last, lastPlaceOf(layer, layers));
    end++;
  }
  const isDelta = layers.slice(at, end).some(({ way }) => way === 'delta');
  return { at, end, diffIds: [...wanted], way: isDelta ? 'delta' : 'whole' };
}

function lastPlaceOf({ diffId }: PlannedLayer, layers: readonly PlannedLayer[]): number {
  return layers.findLastIndex((layer) => layer.diffId === diffId);
}
