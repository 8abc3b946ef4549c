import { createHash } from 'node:crypto';
import type { Image, Project } from '../../project/types.js';
import { FlagError } from '../../text/flag-error.js';
import { isAtLeast } from '../../text/is-at-least.js';
import type { Word } from '../../text/word.js';
import { serviceOfRun } from '../flags/of-run/service-of-run.js';
import { parseService, type ServiceRequest } from '../flags/parse-service.js';
import type { Ids } from '../flags/references.js';
import type { ServiceSpec } from '../flags/service-spec.js';
import { type SwarmImage, swarmImage } from '../image.js';
import { type Constraint, readConstraint } from '../nodes/constraints.js';
import { IMAGE_LABEL, PROJECT_LABEL, SPEC_LABEL } from './labels.js';
import { serviceNameOf } from './name.js';
import { lastingFlagsOf, placeFlagsOf, runFlagsOf, startFirstOf } from './words.js';

export interface DraftRequest {
  /** Whether it is to run on, the default, or ends and is not started again. */
  kind?: 'service' | 'job';
  project: Pick<Project, 'name' | 'root'>;
  image: Image;
  /** The image as the source has it. */
  facts: Parameters<typeof swarmImage>[1];
  /** Of the variables that a section names without a value. */
  env: NodeJS.ProcessEnv;
  /** Instead of the section's `replicas`. */
  replicas?: string;
  /** The manager's. */
  apiVersion?: string;
}

/** A service as a section describes it, before a swarm has been asked for what it names. */
export interface Draft {
  /** The service's name. */
  name: string;
  image: SwarmImage;
  /** What the section says of nodes; that they have the image comes on top of it. */
  constraints: readonly Constraint[];
  request: ServiceRequest;
  /**
   * The whole of it, with the IDs of what it names, and with further flags: words of `docker service create`, and what
   * they mean.
   */
  complete: (ids: Ids, flags: readonly string[]) => { words: readonly string[]; spec: ServiceSpec };
}

/** API version from which a manager keeps what security options say. */
const SECURITY_API = '1.46';

/**
 * What `docker service create` is told of an image's section.
 *
 * @throws {FlagError} `UNSUPPORTED_FLAG`, `BAD_VALUE`, `CONFLICTING_FLAGS` with the place in run.cfg of a flag that a service cannot have, and whatever `docker service create`
 *   would refuse
 */
export function draftService(request: DraftRequest): Draft {
  const { kind = 'service', project, image, facts, env, replicas, apiVersion } = request;
  const options = { environment: env, directory: project.root };
  const { flags: ofRun, privileges } = serviceOfRun(runFlagsOf(image), options);
  if (privileges) refuseOldManager(image, apiVersion);
  const named = swarmImage(image.repository, facts);
  const name = serviceNameOf(image);
  const chosen = replicas === undefined ? undefined : { text: replicas, origin: { file: '--replicas' } };
  const lasting = kind === 'service';
  const flags: Word[] = [
    ...words('--detach', '--no-resolve-image'),
    ...(lasting ? words(`--name=${name}`) : []),
    ...ofRun.filter(({ text }) => !(lasting ? /^--name=/ : /^--(name|restart-[a-z-]+)=/).test(text)),
    ...(lasting ? lastingFlagsOf(image, chosen) : []),
    ...placeFlagsOf(image),
    ...words(`--constraint=${named.constraint}`),
    ...(lasting
      ? words(`--label=${IMAGE_LABEL}=${named.name}`, `--label=${PROJECT_LABEL}=${project.name}`)
      : []),
  ];
  const parse = (further: readonly Word[]) =>
    parseService(
      { flags: [...flags, ...further], image: named.reference, command: image.cmd },
      { ...options, privileges, apiVersion },
    );
  const parsed = parse([]);
  if (lasting) refuseTwice(image, parsed.spec);
  return {
    ...{ name, image: named, request: parsed },
    constraints: image.swarm.constraints.map(readConstraint),
    complete(ids, further) {
      const sign = () => signOf(parse(words(...further)).withIds(ids));
      const signed = lasting ? [`--label=${SPEC_LABEL}=${sign()}`] : [];
      const whole = parse(words(...further, ...signed));
      return { words: whole.words, spec: whole.withIds(ids) };
    },
  };
}

/** @throws {FlagError} `UNSUPPORTED_FLAG` for a manager that would drop what security options say */
function refuseOldManager({ args }: Image, apiVersion: string | undefined): void {
  if (apiVersion === undefined || isAtLeast(apiVersion, SECURITY_API)) return;
  const word = args.find(({ text }) => text.startsWith('--security-opt'));
  const sentence = `--security-opt needs a manager of API ${SECURITY_API} (Docker 27) or later, which would drop it in silence otherwise`;
  throw new FlagError('UNSUPPORTED_FLAG', sentence, word);
}

function signOf(spec: ServiceSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 32);
}

/** A port of a node belongs to one container at a time. */
function refuseTwice(image: Image, { EndpointSpec: { Ports: ports = [] } }: ServiceSpec): void {
  const order = startFirstOf(image);
  const fixed = ports.find(({ PublishedPort }) => PublishedPort !== undefined);
  if (!order || !fixed) return;
  const sentence = `with order=start-first, the new container would want port ${fixed.PublishedPort} of its node while the old one has it: use order=stop-first, or publish no fixed port`;
  throw new FlagError('CONFLICTING_FLAGS', sentence, order);
}

function words(...texts: string[]): Word[] {
  return texts.map((text) => ({ text }));
}
