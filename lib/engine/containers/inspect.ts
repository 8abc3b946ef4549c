import { anything, flag, list, mapOf, number, object, optional, type Shaped, text } from '../client/shape.js';
import type { Engine } from '../types.js';

const INSPECTED = object({
  Id: text,
  Image: text,
  State: object({
    Status: text,
    ExitCode: number,
    Health: optional(object({ Status: text })),
  }),
  Config: object({
    Tty: flag,
    ExposedPorts: optional(mapOf(anything)),
    Healthcheck: optional(object({ Test: optional(list(text)) })),
    Labels: optional(mapOf(text)),
  }),
  NetworkSettings: object({
    Networks: optional(mapOf(object({ IPAddress: optional(text) }))),
  }),
});

/** What GET /containers/{id}/json says of a container. */
export type InspectedContainer = Shaped<typeof INSPECTED>;

export function inspectContainer(engine: Engine, containerId: string): Promise<InspectedContainer> {
  return engine.client.json('GET', `/containers/${containerId}/json`, INSPECTED);
}
