import { isRecord } from '../../text/record.js';
import { ifThere } from '../client/if-there.js';
import {
  anything,
  flag,
  guarded,
  list,
  mapOf,
  number,
  object,
  optional,
  type Shape,
  type Shaped,
  text,
} from '../client/shape.js';
import type { Engine } from '../types.js';
import { VERSION, withoutRace } from './version.js';

const READ_SPEC = object({
  Name: text,
  Labels: optional(mapOf(text)),
  TaskTemplate: object({
    ContainerSpec: object({ Image: optional(text), TTY: optional(flag) }),
    ForceUpdate: optional(number),
  }),
  Mode: optional(object({ Replicated: optional(object({ Replicas: optional(number) })), Global: anything })),
});

/** What a service is to be, as the swarm keeps it. */
export interface StoredSpec {
  name: string;
  labels: Readonly<Record<string, string>>;
  image: string;
  /** Whether its containers have a terminal. */
  tty: boolean;
  /** Undefined of a service that has a task on each node. */
  replicas?: number;
  forceUpdate: number;
  /** All of it, as the API has it. */
  whole: Readonly<Record<string, unknown>>;
}

const record = guarded(isRecord, 'an object');

const SPEC: Shape<StoredSpec> = (value, at) => {
  const whole = record(value, at);
  const { Name, Labels, TaskTemplate, Mode } = READ_SPEC(value, at);
  const replicas = Mode?.Replicated && (Mode.Replicated.Replicas ?? 1);
  return {
    name: Name,
    labels: Labels ?? {},
    image: TaskTemplate.ContainerSpec.Image ?? '',
    tty: TaskTemplate.ContainerSpec.TTY ?? false,
    ...(replicas !== undefined && { replicas }),
    forceUpdate: TaskTemplate.ForceUpdate ?? 0,
    whole,
  };
};

const SERVICE = object({
  ID: text,
  Version: VERSION,
  UpdatedAt: text,
  Spec: SPEC,
  /** What it was before its last change. */
  PreviousSpec: optional(SPEC),
  UpdateStatus: optional(object({ State: optional(text), Message: optional(text) })),
});

/** A service of a swarm. */
export type SwarmService = Shaped<typeof SERVICE>;

/** @param service its name or ID; undefined where there is none */
export function findService(engine: Engine, service: string): Promise<SwarmService | undefined> {
  return ifThere(engine.client.json('GET', `/services/${encodeURIComponent(service)}`, SERVICE), 404);
}

/** @param label `name` or `name=value`; all services without one */
export async function listServices(engine: Engine, label?: string): Promise<SwarmService[]> {
  const query = label === undefined ? undefined : { filters: JSON.stringify({ label: [label] }) };
  return (await engine.client.json('GET', '/services', optional(list(SERVICE)), { query })) ?? [];
}

/** @returns its ID */
export async function createService(engine: Engine, spec: object): Promise<string> {
  const created = object({ ID: text });
  return (await engine.client.json('POST', '/services/create', created, { body: spec })).ID;
}

/** Gives a service another specification; what it was before is kept as its previous one. */
export async function updateService(engine: Engine, id: string, spec: object): Promise<void> {
  await withoutRace(async () => {
    const { Version } = await engine.client.json('GET', `/services/${id}`, SERVICE);
    const query = { version: String(Version.Index) };
    await engine.client.json('POST', `/services/${id}/update`, anything, { query, body: spec });
  });
}

/** Makes a service what it was before its last change. */
export async function rollBackService(engine: Engine, id: string): Promise<void> {
  await withoutRace(async () => {
    const { Version, Spec } = await engine.client.json('GET', `/services/${id}`, SERVICE);
    const query = { version: String(Version.Index), rollback: 'previous' };
    await engine.client.json('POST', `/services/${id}/update`, anything, { query, body: Spec.whole });
  });
}

/** Removes a service with its tasks; one that has gone is no failure. */
export async function removeService(engine: Engine, id: string): Promise<void> {
  await ifThere(engine.client.json('DELETE', `/services/${id}`, anything), 404);
}
