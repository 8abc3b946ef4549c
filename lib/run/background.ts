import { isRefusal } from '../engine/client/errors.js';
import { known, list, mapOf, object, optional, type Shaped, text } from '../engine/client/shape.js';
import type { Container } from '../engine/containers/container.js';
import type { Engine } from '../engine/types.js';
import { commandLine } from '../text/command-line.js';
import { printableLine } from '../text/printable.js';
import { copyLines } from './outputs/render.js';
import type { RunPlan } from './plan.js';

const BINDING = object({ HostIp: text, HostPort: text });
const INSPECTED = object({
  Name: text,
  NetworkSettings: optional(object({ Ports: known(mapOf(optional(list(BINDING)))) })),
});

const NOT_FOUND = 404;

/**
 * What there is to say of a container that was left running: its name, its image, its ports, and how to see its output and
 * to end it.
 *
 * @returns lines; none where it has ended and gone already
 */
export async function aboutBackground(
  { id }: Container,
  { image, request, outputs }: RunPlan,
  engine: Engine,
): Promise<string[]> {
  let found: Shaped<typeof INSPECTED>;
  try {
    found = await engine.client.json('GET', `/containers/${id}/json`, INSPECTED);
  } catch (error) {
    if (isRefusal(error, NOT_FOUND)) return [];
    throw error;
  }
  const name = printableLine(found.Name.replace(/^\//, ''));
  const ports = Object.entries(found.NetworkSettings?.Ports ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => printableLine(`${placeOf(HostIp)}${HostPort} -> ${port}`)),
  );
  const docker = (...words: string[]) => commandLine(['docker', ...engine.address.cliFlags, ...words]);
  const isRemoved = request.body.HostConfig.AutoRemove;
  // An engine with IPv6 publishes each port for both.
  const different = [...new Set(ports)];
  return [
    `${name} runs ${image.reference} in the background${different.length > 0 ? `: ${different.join(', ')}` : ''}`,
    `  its output: ${docker('logs', '-f', name)}`,
    ...copyLines(name, outputs, engine.address.cliFlags).map((line) => `  copy its outputs: ${line}`),
    `  stop it${isRemoved ? ', which removes it' : ''}: ${docker('stop', name)}`,
    ...(isRemoved ? [] : [`  remove it: ${docker('rm', '-f', name)}`]),
  ];
}

/** `127.0.0.1:`; nothing where it is all addresses. */
function placeOf(address: string): string {
  if (address === '' || address === '0.0.0.0' || address === '::') return '';
  return address.includes(':') ? `[${address}]:` : `${address}:`;
}
