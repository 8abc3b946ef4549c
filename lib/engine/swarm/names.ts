import { ifThere } from '../client/if-there.js';
import { list, object, optional, text } from '../client/shape.js';
import type { Engine } from '../types.js';

const NAMED = object({ ID: text, Spec: object({ Name: text }) });
const NETWORK = object({ Id: text });

/** The IDs of secrets or configs of a swarm, by name. Nothing is asked where nothing is named. */
export async function idsByName(
  engine: Engine,
  kind: 'secrets' | 'configs',
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const query = { filters: JSON.stringify({ name: names }) };
  const found = (await engine.client.json('GET', `/${kind}`, optional(list(NAMED)), { query })) ?? [];
  return new Map(found.map(({ ID, Spec }) => [Spec.Name, ID]));
}

/** The IDs of the networks of a swarm by name, those that every node has of its own (`host`, `bridge`) among them. */
export async function networkIds(
  engine: Engine,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    names.map(async (name): Promise<[string, string][]> => {
      const path = `/networks/${encodeURIComponent(name)}`;
      const query = { scope: 'swarm' };
      const network = await ifThere(engine.client.json('GET', path, NETWORK, { query }), 404);
      return network ? [[name, network.Id]] : [];
    }),
  );
  return new Map(found.flat());
}
