import type { Project } from '../project/index.js';
import { containerName } from '../run/container-name.js';

type Named = Pick<Project, 'name' | 'user'>;

/** Name of the container of a service that is kept: always the same, so that an engine takes one of two that are made at once. */
export function keptName(project: Named, service: string): string {
  return `${nameable(project.user)}_${nameable(project.name)}_${nameable(service)}`;
}

/**
 * Name of the network of a client, or without a time that of the project and the user. In small letters, as `--network` takes
 * names in its long form.
 */
export function networkName(project: Named, now?: Date): string {
  const name = now ? containerName(project.user, project.name, now) : keptName(project, 'services');
  return name.toLowerCase();
}

function nameable(text: string): string {
  return text.replace(/[^\w.-]+/g, '-').replace(/^[^a-zA-Z0-9]+/, '') || 'x';
}
