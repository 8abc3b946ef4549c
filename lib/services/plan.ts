import type { Dependency, Image, Project } from '../project/index.js';
import { isUserDefined } from '../run/flags/endpoints.js';
import { planRun, type RunRequest } from '../run/index.js';
import { groupOf } from '../run/labels.js';
import type { Company } from '../run/words.js';
import { UserError } from '../text/user-error.js';
import { placeOf, type Word } from '../text/word.js';
import { environmentWords, hostOf, type Reachable } from './environment.js';
import { keptName, networkName } from './names.js';
import { inOrder } from './order.js';
import { needsOf, readinessOf } from './ready/conditions.js';
import type { Client, Networks, ServicePlan, ServicesPlan } from './types.js';

export interface ServicesRequest extends Omit<
  RunRequest,
  'project' | 'image' | 'options' | 'company' | 'name'
> {
  project: Pick<Project, 'root' | 'user' | 'name'>;
  client: Client;
  /** An image of the project with its section. */
  describe: (name: string) => Image;
  /** Services that run by themselves already, and are used. Default: none. */
  kept?: ReadonlySet<string>;
  /** Whether the client runs on by itself, and all services with it. */
  staysUp?: boolean;
  /** Whether the client is on this machine, in no container, and reaches the services by ports that are published here. */
  isOutside?: boolean;
}

/** Milliseconds, and seconds. */
const READY_TIMEOUT = 60_000;
const STOP_TIMEOUT = 10;

/** Milliseconds for what an engine does besides. */
const ENGINE_PACE = 10_000;

/**
 * Computes which services run beside a client, in which order, what of them is awaited, and where they meet.
 *
 * @throws {UserError} `DEPENDENCY_CIRCLE`, `BAD_CONDITION`, `BAD_SERVICE`, and what is wrong in one of their sections
 */
export function planServices(request: ServicesRequest): ServicesPlan {
  const { project, client, describe, cliFlags = [], now, staysUp = false } = request;
  const images = inOrder(client.name, client.dependsOn, describe);
  for (const image of images) checkName(image.name);
  for (const { name, network } of [client, ...images]) checkNetwork(name, network);
  const kept = keptAmong(
    images,
    client.dependsOn,
    staysUp ? () => true : (name) => request.kept?.has(name) ?? false,
  );
  const networks: Networks = {
    ...(kept.size < images.length && { own: networkName(project, now) }),
    ...(kept.size > 0 && { kept: networkName(project) }),
  };
  const wanted = [...client.dependsOn, ...images.flatMap(({ service }) => service.dependsOn)];
  return {
    group: groupOf(project),
    client: client.name,
    needs: needsOf(client.dependsOn),
    services: images.map((image) => planService(request, image, { images, networks, kept, wanted })),
    networks,
    staysUp,
    cliFlags,
  };
}

/** What the plan of a service has to know of the others. */
interface Others {
  images: readonly Image[];
  networks: Networks;
  kept: ReadonlySet<string>;
  wanted: readonly Dependency[];
}

function planService(request: ServicesRequest, image: Image, others: Others): ServicePlan {
  const { name, service } = image;
  const isKept = others.kept.has(name);
  const wanted = others.wanted.filter((dependency) => dependency.name === name);
  const networks = networkWords(networksOf(image, others), image.network);
  return {
    name,
    image,
    needs: needsOf(service.dependsOn),
    ready: readinessOf(image, wanted),
    readyTimeout: service.readyTimeout ?? READY_TIMEOUT,
    stopTimeout: service.stopTimeout ?? STOP_TIMEOUT,
    // What is kept has to be the same for whoever uses it.
    published:
      request.isOutside === true &&
      !isKept &&
      request.client.dependsOn.some((dependency) => dependency.name === name),
    kept: isKept,
    run: (environment) =>
      planRun({
        ...request,
        image,
        options: { keep: true },
        ...(isKept && { name: keptName(request.project, name) }),
        company: { environment, networks, withoutCredentials: true },
      }),
  };
}

/** A service goes by its name where it belongs, and by none where it only reaches those that are kept. */
function networksOf({ name, service }: Image, { images, networks, kept }: Others): Joined[] {
  const alias = hostOf(name);
  if (kept.has(name)) return [{ network: networks.kept, alias }];
  const reaches = (dependsOn: readonly Dependency[]): boolean =>
    dependsOn.some((other) => {
      const image = images.find((one) => one.name === other.name);
      return kept.has(other.name) || (image !== undefined && reaches(image.service.dependsOn));
    });
  return [
    { network: networks.own, alias },
    ...(reaches(service.dependsOn) ? [{ network: networks.kept }] : []),
  ];
}

/** What a run gets that services run beside. */
export function companyOf(
  { networks: { own, kept }, staysUp }: ServicesPlan,
  client: Pick<Client, 'name' | 'network'>,
  services: readonly Reachable[],
): Company {
  const alias = hostOf(client.name);
  return {
    environment: environmentWords(services),
    networks: networkWords(
      staysUp ? [{ network: kept, alias }] : [{ network: own, alias }, { network: kept }],
      client.network,
    ),
  };
}

/** Milliseconds that the engine may take to stop all of them. */
export function longestStop({ services }: ServicesPlan): number {
  return services.reduce((sum, { stopTimeout }) => sum + stopTimeout * 1000, ENGINE_PACE);
}

/** The services that one needs, directly or by way of others. */
export function neededBy(
  plan: Pick<ServicesPlan, 'services'>,
  { needs }: Pick<ServicePlan, 'needs'>,
): ServicePlan[] {
  const all = new Set<ServicePlan>();
  const add = (names: readonly string[]) => {
    for (const service of plan.services) {
      if (!names.includes(service.name) || all.has(service)) continue;
      all.add(service);
      add(service.needs.map(({ name }) => name));
    }
  };
  add(needs.map(({ name }) => name));
  return plan.services.filter((service) => all.has(service));
}

/** Those that are to run on: by their section, because they do already, or because one of these needs them. */
function keptAmong(
  images: readonly Image[],
  dependsOn: readonly Dependency[],
  isRunning: (name: string) => boolean,
): Set<string> {
  const wanted = [...dependsOn, ...images.flatMap(({ service }) => service.dependsOn)];
  const ends = ({ name, service }: Image) =>
    service.ready?.kind === 'exit' ||
    wanted.some((one) => one.name === name && one.condition === 'service_completed_successfully');
  const lasting = images.filter((image) => !ends(image));
  const kept = new Set(
    lasting.filter(({ name, service }) => service.reuse || isRunning(name)).map(({ name }) => name),
  );
  // What comes later in the order may need what comes earlier, and never the other way around.
  for (const image of images.toReversed()) {
    if (!kept.has(image.name)) continue;
    for (const { name } of image.service.dependsOn)
      if (lasting.some((other) => other.name === name)) kept.add(name);
  }
  return kept;
}

interface Joined {
  /** Undefined where there is none. */
  network: string | undefined;
  alias?: string;
}

/** Where it is the only one, its name stands in a flag of its own, beside which a section's `args` may have others. */
function networkWords(joined: readonly Joined[], own: Word | undefined): Word[] {
  const all = joined.filter(({ network }) => network !== undefined);
  return all
    .flatMap(({ network = '', alias }) => {
      if (alias === undefined) return ['--network', network];
      if (own || all.length > 1) return ['--network', `name=${network},alias=${alias}`];
      return ['--network', network, '--network-alias', alias];
    })
    .map((text) => ({ text }));
}

function checkName(name: string): void {
  if (/^[a-zA-Z0-9](?:[\w-]{0,61}[a-zA-Z0-9])?$/.test(name)) return;
  throw new UserError(
    'BAD_SERVICE',
    `${JSON.stringify(name)} cannot be the name of a service, by which others reach it on the network: ` +
      'it takes up to 63 letters, digits, "_" and "-"',
  );
}

function checkNetwork(name: string, network: Word | undefined): void {
  if (!network || isUserDefined(network.text)) return;
  const place = network.origin ? `${placeOf(network.origin)}: ` : '';
  throw new UserError(
    'BAD_SERVICE',
    `${place}${name} is to be in the network "${network.text}", where services cannot be reached by their names; ` +
      'leave that out, or name a network of your own',
  );
}
