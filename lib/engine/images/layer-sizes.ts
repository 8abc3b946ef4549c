import { list, number, object, optional, type Shaped, text } from '../client/shape.js';
import type { Engine } from '../types.js';

/** Instructions that make no layer, as histories write them. */
const WITHOUT_LAYER =
  /^(\/bin\/sh -c #\(nop\)\s+)?(ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b/;

const HISTORY_ENTRY = object({ CreatedBy: text, Size: number });

type HistoryEntry = Shaped<typeof HISTORY_ENTRY>;

/**
 * Uncompressed sizes of an image's layers in bytes, from its history: about right (files without tar headers), and
 * undefined where the history cannot be matched with the layers.
 */
export async function layerSizes(
  engine: Engine,
  reference: string,
  count: number,
): Promise<(number | undefined)[]> {
  // null where the engine has the image for other platforms alone.
  const history = await engine.client.json(
    'GET',
    `/images/${reference}/history`,
    optional(list(HISTORY_ENTRY)),
  );
  return matchSizes(history ?? [], count);
}

/** @param history newest first, as an engine gives it */
export function matchSizes(history: readonly HistoryEntry[], count: number): (number | undefined)[] {
  const filled = history.filter(({ Size }) => Size > 0);
  const making = history.filter(({ CreatedBy, Size }) => Size > 0 || !WITHOUT_LAYER.test(CreatedBy));
  const matching = [filled, making].find((entries) => entries.length === count);
  return matching ? matching.map(({ Size }) => Size).reverse() : Array<undefined>(count).fill(undefined);
}
