import { connectNetwork } from '../engine/networks.js';
import type { Engine } from '../engine/types.js';
import { isAtLeast } from '../text/is-at-least.js';
import type { CreateContainerBody } from './flags/create-container-body.js';

/** From this API version on (Docker 25) a container can be created with several networks. */
const SEVERAL_AT_ONCE = '1.44';

type Endpoints = CreateContainerBody['NetworkingConfig']['EndpointsConfig'];

/** The endpoints that an engine takes when it creates the container: all of them, or the first where it takes one. */
export async function endpointsOfCreation(engine: Engine, body: CreateContainerBody): Promise<Endpoints> {
  const endpoints = body.NetworkingConfig.EndpointsConfig;
  const later = await endpointsForLater(engine, body);
  return Object.fromEntries(Object.entries(endpoints).filter(([network]) => !(network in later)));
}

/** Connects the networks that the creation could not take. */
export async function connectNetworks(
  engine: Engine,
  container: string,
  body: CreateContainerBody,
): Promise<void> {
  for (const [network, endpoint] of Object.entries(await endpointsForLater(engine, body))) {
    await connectNetwork(engine, network, container, endpoint);
  }
}

async function endpointsForLater(engine: Engine, body: CreateContainerBody): Promise<Endpoints> {
  const endpoints = body.NetworkingConfig.EndpointsConfig;
  const networks = Object.keys(endpoints);
  if (networks.length < 2) return {};
  const { apiVersion } = await engine.facts();
  if (isAtLeast(apiVersion, SEVERAL_AT_ONCE)) return {};
  const first = networks.find((network) => network === body.HostConfig.NetworkMode) ?? networks[0];
  return Object.fromEntries(Object.entries(endpoints).filter(([network]) => network !== first));
}
