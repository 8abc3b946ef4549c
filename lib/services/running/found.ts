import { ifThere } from '../../engine/client/if-there.js';
import {
  inspectContainer,
  type InspectedContainer,
  publishedPorts,
} from '../../engine/containers/inspect.js';
import { labelledContainers, type ListedContainer } from '../../engine/containers/list.js';
import type { Engine } from '../../engine/types.js';
import { IMAGE_LABEL, PROJECT_LABEL } from '../../run/labels.js';
import { hasEnded } from '../../system/process-mark.js';
import { CONFIGURATION_LABEL, OWNER_LABEL } from '../labels.js';

/**
 * What a container is to the project:
 *
 * - `service`: it runs by itself, by `start` or `reuse=True`
 * - `beside`: it runs beside a run, with which it ends
 * - `left`: it ran beside a run whose process was killed
 * - `run`: it is a run itself
 */
export type Role = 'service' | 'beside' | 'left' | 'run';

/** A container of the project, whether it runs or not. */
export interface FoundContainer {
  id: string;
  name: string;
  /** The section that it runs. */
  section: string;
  role: Role;
  isRunning: boolean;
  /** When it was started last; undefined of one that never was. */
  started?: Date;
  /** As `docker ps` has them. */
  ports: readonly string[];
  inspected: InspectedContainer;
}

/**
 * The containers that run sections of a project for a user, whoever started them, the youngest first.
 *
 * @param group `<project>/<user>`
 * @param section of this one alone
 */
export async function findContainers(
  engine: Engine,
  group: string,
  section?: string,
): Promise<FoundContainer[]> {
  const listed = await labelledContainers(engine, ...labelsBy(group, section));
  const found = await Promise.all(listed.map((one) => look(engine, one)));
  return found
    .filter((one) => one !== undefined)
    .toSorted((one, other) => (other.started?.getTime() ?? 0) - (one.started?.getTime() ?? 0));
}

/** The words of `docker ps` that list the same. */
export function listingWords(group: string, section?: string): string[] {
  return ['ps', ...labelsBy(group, section).flatMap((label) => ['--filter', `label=${label}`])];
}

function labelsBy(group: string, section: string | undefined): string[] {
  return [`${PROJECT_LABEL}=${group}`, section === undefined ? IMAGE_LABEL : `${IMAGE_LABEL}=${section}`];
}

/** @returns undefined for one that has gone meanwhile */
async function look(engine: Engine, { Id, Labels }: ListedContainer): Promise<FoundContainer | undefined> {
  const inspected = await ifThere(inspectContainer(engine, Id), 404);
  if (!inspected) return undefined;
  const { Name, State } = inspected;
  const started = State.StartedAt === undefined ? NaN : Date.parse(State.StartedAt);
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    section: Labels?.[IMAGE_LABEL] ?? '',
    role: roleOf(Labels ?? {}),
    isRunning: RUNNING.includes(State.Status),
    // Go's zero time is that of one that has not been started.
    ...(started > 0 && { started: new Date(started) }),
    ports: publishedPorts(inspected),
    inspected,
  };
}

const RUNNING = ['running', 'paused', 'restarting'];

function roleOf({
  [OWNER_LABEL]: owner,
  [CONFIGURATION_LABEL]: kept,
}: Readonly<Record<string, string>>): Role {
  if (owner !== undefined) return hasEnded(owner) ? 'left' : 'beside';
  return kept === undefined ? 'run' : 'service';
}
