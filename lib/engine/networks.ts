import { isRefusal } from './client/errors.js';
import { listed } from './client/listed.js';
import { anything, list, mapOf, object, optional, type Shaped, text } from './client/shape.js';
import type { Engine } from './types.js';

const NETWORK = object({
  IPAM: optional(object({ Config: optional(list(object({ Gateway: optional(text) }))) })),
});

/** The address of the engine's machine in a network, undefined where it has none there. */
export async function gatewayOf(engine: Engine, network: string): Promise<string | undefined> {
  const { IPAM } = await engine.client.json('GET', `/networks/${encodeURIComponent(network)}`, NETWORK);
  return IPAM?.Config?.find(({ Gateway }) => Gateway)?.Gateway;
}

/** @param endpoint how the container is to be reached there, as the API has it (`EndpointSettings`) */
export async function connectNetwork(
  engine: Engine,
  network: string,
  container: string,
  endpoint: object,
): Promise<void> {
  const path = `/networks/${encodeURIComponent(network)}/connect`;
  const body = { Container: container, EndpointConfig: endpoint };
  await engine.client.json('POST', path, anything, { body });
}

const CREATED = object({ Id: text });

const LISTED = object({ Id: text, Name: text, Created: text, Labels: optional(mapOf(text)) });

export type ListedNetwork = Shaped<typeof LISTED>;

/**
 * Creates a network of the engine's usual kind.
 *
 * @returns its ID: on 20.10 several networks may have one name
 */
export async function createNetwork(
  engine: Engine,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const body = { Name: name, CheckDuplicate: true, Labels: labels };
  return (await engine.client.json('POST', '/networks/create', CREATED, { body })).Id;
}

/** The networks that have a label, `name` or `name=value`, the oldest first. */
export async function labelledNetworks(engine: Engine, label: string): Promise<ListedNetwork[]> {
  const query = { filters: JSON.stringify({ label: [label] }) };
  const ask = () => engine.client.json('GET', '/networks', optional(list(LISTED)), { query });
  const found = (await listed(ask)) ?? [];
  const age = ({ Created, Id }: ListedNetwork) => `${Date.parse(Created)} ${Created} ${Id}`;
  return found.toSorted((one, other) => (age(one) < age(other) ? -1 : 1));
}

/** Removes a network; one that has gone, and one that a container still uses, is no failure. */
export async function removeNetwork(engine: Engine, network: string): Promise<void> {
  try {
    await engine.client.json('DELETE', `/networks/${network}`, anything);
  } catch (error) {
    if (!isRefusal(error, 403, 404, 409)) throw error;
  }
}
