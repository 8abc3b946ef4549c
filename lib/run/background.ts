import { isRefusal } from '../engine/client/errors.js';
import type { Container } from '../engine/containers/container.js';
import { inspectContainer, type InspectedContainer, publishedPorts } from '../engine/containers/inspect.js';
import type { Engine } from '../engine/types.js';
import { commandLine } from '../text/command-line.js';
import { printableLine } from '../text/printable.js';
import { copyLines } from './outputs/render.js';
import type { RunPlan } from './plan.js';

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
  let found: InspectedContainer;
  try {
    found = await inspectContainer(engine, id);
  } catch (error) {
    if (isRefusal(error, NOT_FOUND)) return [];
    throw error;
  }
  const name = printableLine(found.Name.replace(/^\//, ''));
  const ports = publishedPorts(found);
  const docker = (...words: string[]) => commandLine(['docker', ...engine.address.cliFlags, ...words]);
  const isRemoved = request.body.HostConfig.AutoRemove;
  return [
    `${name} runs ${image.reference} in the background${ports.length > 0 ? `: ${ports.join(', ')}` : ''}`,
    `  its output: ${docker('logs', '-f', name)}`,
    ...copyLines(name, outputs, engine.address.cliFlags).map((line) => `  copy its outputs: ${line}`),
    `  stop it${isRemoved ? ', which removes it' : ''}: ${docker('stop', name)}`,
    ...(isRemoved ? [] : [`  remove it: ${docker('rm', '-f', name)}`]),
  ];
}
