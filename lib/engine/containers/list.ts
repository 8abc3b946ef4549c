import { listed } from '../client/listed.js';
import { list, mapOf, object, optional, type Shaped, text } from '../client/shape.js';
import type { Engine } from '../types.js';

const LISTED = object({ Id: text, Labels: optional(mapOf(text)), State: optional(text) });

export type ListedContainer = Shaped<typeof LISTED>;

/** The containers that have these labels, `name` or `name=value`, whether they run or not. */
export async function labelledContainers(
  engine: Engine,
  ...labels: readonly string[]
): Promise<ListedContainer[]> {
  const query = { filters: JSON.stringify({ label: labels }), all: '1' };
  const ask = () => engine.client.json('GET', '/containers/json', optional(list(LISTED)), { query });
  return (await listed(ask)) ?? [];
}
