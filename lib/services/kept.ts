import { inspectContainer, type InspectedContainer } from '../engine/containers/inspect.js';
import { labelledContainers } from '../engine/containers/list.js';
import { removeContainer } from '../engine/containers/remove.js';
import { inspectImage } from '../engine/images/inspect.js';
import type { Engine } from '../engine/types.js';
import { notBuilt } from '../run/engine-errors.js';
import type { RunPlan } from '../run/index.js';
import { pullImage } from '../run/pull.js';
import { CONFIGURATION_LABEL, configurationOf, GROUP_LABEL, OWNER_LABEL, SERVICE_LABEL } from './labels.js';
import type { ServiceMeans } from './types.js';

/** Names of the services of a project and user that run by themselves. */
export async function keptServices(engine: Engine, group: string): Promise<Set<string>> {
  const containers = await labelledContainers(engine, `${GROUP_LABEL}=${group}`, CONFIGURATION_LABEL);
  const names = containers.flatMap(({ Labels, State }) =>
    State === 'running' ? (Labels?.[SERVICE_LABEL] ?? []) : [],
  );
  return new Set(names);
}

/**
 * The container of a service that runs already, from the same image and configuration. What there is of it from another one
 * is removed.
 */
export async function runningAlike(
  engine: Engine,
  { group, service, configuration }: { group: string; service: string; configuration: string },
): Promise<InspectedContainer | undefined> {
  const labels = [`${GROUP_LABEL}=${group}`, `${SERVICE_LABEL}=${service}`];
  const own = (await labelledContainers(engine, ...labels)).filter(
    ({ Labels }) => Labels?.[OWNER_LABEL] === undefined,
  );
  const isAlike = ({ State, Labels }: (typeof own)[number]) =>
    State === 'running' && Labels?.[CONFIGURATION_LABEL] === configuration;
  const alike = own.find(isAlike);
  await Promise.all(own.filter((one) => one !== alike).map(({ Id }) => removeContainer(engine, Id)));
  return alike && (await inspectContainer(engine, alike.Id));
}

/** What a run is compared by. The image is pulled where it is missing. */
export async function configurationOnEngine(run: RunPlan, means: ServiceMeans): Promise<string> {
  const { reference, folder } = run.image;
  const { query, client, body } = run.request;
  const find = () => inspectImage(means.engine, reference);
  let image = await find();
  if (!image && folder !== undefined) throw notBuilt(run);
  if (!image && client.pull !== 'never') {
    await pullImage({ reference, ...query, ...client }, means);
    image = await find();
  }
  return configurationOf(body, image?.Id ?? '');
}
