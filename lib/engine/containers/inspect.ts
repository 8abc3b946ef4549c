import { printableLine } from '../../text/printable.js';
import {
  anything,
  flag,
  known,
  list,
  mapOf,
  number,
  object,
  optional,
  type Shaped,
  text,
} from '../client/shape.js';
import type { Engine } from '../types.js';

const BINDING = object({ HostIp: text, HostPort: text });

const INSPECTED = object({
  Id: text,
  Name: text,
  Image: text,
  State: object({
    Status: text,
    ExitCode: number,
    StartedAt: optional(text),
    Health: optional(object({ Status: text, Log: optional(list(object({ End: text }))) })),
  }),
  Config: object({
    Image: text,
    Tty: flag,
    ExposedPorts: optional(mapOf(anything)),
    Healthcheck: optional(object({ Test: optional(list(text)), Interval: optional(number) })),
    Labels: optional(mapOf(text)),
  }),
  NetworkSettings: object({
    Ports: known(mapOf(optional(list(BINDING)))),
    Networks: optional(mapOf(object({ IPAddress: optional(text) }))),
  }),
});

/** A container's ports that are published, as `docker ps` has them: `127.0.0.1:8080->80/tcp`. */
export function publishedPorts({ NetworkSettings }: Pick<InspectedContainer, 'NetworkSettings'>): string[] {
  const ports = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => printableLine(`${placeOf(HostIp)}${HostPort}->${port}`)),
  );
  // An engine with IPv6 publishes each port for both.
  return [...new Set(ports)];
}

/** `127.0.0.1:`; nothing where it is all addresses. */
function placeOf(address: string): string {
  if (address === '' || address === '0.0.0.0' || address === '::') return '';
  return address.includes(':') ? `[${address}]:` : `${address}:`;
}

/** What GET /containers/{id}/json says of a container. */
export type InspectedContainer = Shaped<typeof INSPECTED>;

export function inspectContainer(engine: Engine, containerId: string): Promise<InspectedContainer> {
  return engine.client.json('GET', `/containers/${containerId}/json`, INSPECTED);
}
