import { list, number, object, optional, type Shaped, text } from '../client/shape.js';
import type { Engine } from '../types.js';

/** Instructions that make no layer, as histories write them. */
const WITHOUT_LAYER =
  /^(\/bin\/sh -c #\(nop\)\s+)?(ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b/;

const HISTORY_ENTRY = object({ CreatedBy: text, Size: number });

type HistoryEntry = Shaped<typeof HISTORY_ENTRY>;

/** What an image's history tells of one of its layers. */
export interface LayerOrigin {
  /** Uncompressed bytes, about right: files without tar headers. */
  size: number;
  /** What made it, as the history has it: `RUN /bin/sh -c make # buildkit`. */
  madeBy: string;
}

/**
 * What an image's history tells of its layers, the lowest first; of each undefined where the history cannot be matched with
 * the layers.
 *
 * @param count of the image's layers
 */
export async function layerOrigins(
  engine: Engine,
  reference: string,
  count: number,
): Promise<(LayerOrigin | undefined)[]> {
  // null where the engine has the image for other platforms alone.
  const history = await engine.client.json(
    'GET',
    `/images/${reference}/history`,
    optional(list(HISTORY_ENTRY)),
  );
  return matchLayers(history ?? [], count);
}

/** Uncompressed sizes of an image's layers in bytes, about; undefined where {@link layerOrigins} knows none. */
export async function layerSizes(
  engine: Engine,
  reference: string,
  count: number,
): Promise<(number | undefined)[]> {
  return (await layerOrigins(engine, reference, count)).map((origin) => origin?.size);
}

/** @param history newest first, as an engine gives it */
export function matchLayers(history: readonly HistoryEntry[], count: number): (LayerOrigin | undefined)[] {
  const filled = history.filter(({ Size }) => Size > 0);
  const making = history.filter(({ CreatedBy, Size }) => Size > 0 || !WITHOUT_LAYER.test(CreatedBy));
  const matching = [filled, making].find((entries) => entries.length === count);
  if (!matching) return Array<undefined>(count).fill(undefined);
  return matching.map(({ CreatedBy, Size }) => ({ size: Size, madeBy: CreatedBy })).reverse();
}
