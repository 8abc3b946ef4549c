import { setTimeout as sleep } from 'node:timers/promises';
import { ifThere } from '../engine/client/if-there.js';
import { inspectContainer, type InspectedContainer } from '../engine/containers/inspect.js';
import { labelledContainers, type ListedContainer } from '../engine/containers/list.js';
import { removeContainer } from '../engine/containers/remove.js';
import { type InspectedImage, inspectImage } from '../engine/images/inspect.js';
import type { Engine } from '../engine/types.js';
import { notBuilt } from '../run/engine-errors.js';
import type { RunPlan } from '../run/index.js';
import { IMAGE_LABEL, PROJECT_LABEL } from '../run/labels.js';
import { pullImage } from '../run/pull.js';
import { hasEnded } from '../system/process-mark.js';
import { UserError } from '../text/user-error.js';
import { CONFIGURATION_LABEL, configurationOf, STARTER_LABEL } from './labels.js';
import type { ServiceMeans } from './types.js';

/** Names of the services of a project and user that run by themselves. */
export async function keptServices(engine: Engine, group: string): Promise<Set<string>> {
  const names = (await keptContainers(engine, group)).flatMap(({ Labels, State }) =>
    State === 'running' ? (Labels?.[IMAGE_LABEL] ?? []) : [],
  );
  return new Set(names);
}

/** Whether there are services of a project and user that run by themselves, or are about to. */
export async function hasKept(engine: Engine, group: string): Promise<boolean> {
  return (await keptContainers(engine, group)).length > 0;
}

function keptContainers(engine: Engine, group: string): Promise<ListedContainer[]> {
  return labelledContainers(engine, `${PROJECT_LABEL}=${group}`, CONFIGURATION_LABEL);
}

/** Milliseconds that another process gets to start what it has created, and between two looks. */
export const OTHERS_START = 30_000;
export const PAUSE = 100;

/**
 * The container of a service that runs already, from the same image and configuration. What there is of it from another one
 * is removed; one that another process is just starting is waited for.
 */
export async function runningAlike(
  engine: Engine,
  { group, service, configuration }: { group: string; service: string; configuration: string },
  signal: AbortSignal,
): Promise<InspectedContainer | undefined> {
  const labels = [`${PROJECT_LABEL}=${group}`, `${IMAGE_LABEL}=${service}`, CONFIGURATION_LABEL];
  const find = () => labelledContainers(engine, ...labels);
  const end = performance.now() + OTHERS_START;
  let own = await find();
  while (own.some(isBeingStarted) && performance.now() < end) {
    await sleep(PAUSE, undefined, { signal });
    own = await find();
  }
  const isAlike = ({ State, Labels }: ListedContainer) =>
    State === 'running' && Labels?.[CONFIGURATION_LABEL] === configuration;
  const alike = own.find(isAlike);
  await Promise.all(own.filter((one) => one !== alike).map(({ Id }) => removeContainer(engine, Id)));
  return alike && (await inspectContainer(engine, alike.Id));
}

function isBeingStarted({ State, Labels }: ListedContainer): boolean {
  const starter = Labels?.[STARTER_LABEL];
  return State === 'created' && starter !== undefined && !hasEnded(starter);
}

/**
 * Whether a container could not be made for its name, which another process of the same project has given to the same
 * service. One that is only being created has its name already, and is not known yet.
 */
export async function isMadeByAnother(
  error: unknown,
  engine: Engine,
  { run, group }: { run: RunPlan; group: string },
): Promise<boolean> {
  if (!(error instanceof UserError) || error.code !== 'NAME_IN_USE') return false;
  const found = await ifThere(inspectContainer(engine, run.request.query.name ?? ''), 404);
  const labels = found?.Config.Labels ?? {};
  return !found || (labels[PROJECT_LABEL] === group && CONFIGURATION_LABEL in labels);
}

/** What a run is compared by. The image is pulled where it is missing. */
export async function configurationOnEngine(run: RunPlan, means: ServiceMeans): Promise<string> {
  const image = await imageOnEngine(run, means);
  return configurationOf(run.request.body, image?.Id ?? '');
}

/** What the engine has of the image of a run, which is pulled where it is missing; undefined where that is not wanted. */
export async function imageOnEngine(run: RunPlan, means: ServiceMeans): Promise<InspectedImage | undefined> {
  const { reference, folder } = run.image;
  const { query, client } = run.request;
  const find = () => inspectImage(means.engine, reference);
  let image = await find();
  if (!image && folder !== undefined) throw notBuilt(run);
  if (!image && client.pull !== 'never') {
    await pullImage({ reference, ...query, ...client }, means);
    image = await find();
  }
  return image;
}
