import { anything, list, object, optional, text } from './client/shape.js';
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
