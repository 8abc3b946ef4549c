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
const SENT_TOGETHER = 2 ** 20;

/**
 * The layers that had better be sent together, from index `at`.
 *
 * @param isApart whether a layer must not follow along: it may turn out to be there
 * @param reuses whether the target has a layer anywhere once it has it somewhere, as containerd's store does. For a graph
 *   driver a layer on another base is another one; in one load, a file may stand for several of them
 */
export function nextBatch(
  layers: readonly PlannedLayer[],
  at: number,
  isApart: (index: number) => boolean,
  reuses: boolean,
): Batch {
  const there = new Set(reuses ? layers.slice(0, at).map(({ diffId }) => diffId) : []);
  const wanted = new Set<DiffId>();
  let bytes = 0;
  let end = at;
  let last = at;
  for (const [i, { diffId, size = Infinity, way }] of layers.entries()) {
    if (i < at) continue;
    const isNew = !there.has(diffId) && !wanted.has(diffId);
    const fits = bytes + size <= SENT_TOGETHER && way === layers[at]?.way;
    const together = (!isNew || fits) && !isApart(i);
    if (i > last && !together) break;
    if (isNew) {
      bytes += size;
      wanted.add(diffId);
    }
    end = i + 1;
    if (!reuses)
      last = Math.max(
        last,
        layers.findLastIndex((layer) => layer.diffId === diffId),
      );
  }
  const sent = layers.slice(at, end);
  const way = sent.some((layer) => layer.way === 'delta') ? 'delta' : 'whole';
  return { at, end, diffIds: [...wanted], way };
}
