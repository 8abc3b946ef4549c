import type { Project } from '../project/index.js';

/** On every container that runs a section, and on what is made for it: whose it is, as {@link groupOf} has it. */
export const PROJECT_LABEL = 'gulp-dockerutils.project';

/** The section that a container runs. */
export const IMAGE_LABEL = 'gulp-dockerutils.image';

/** `<project>/<user>`, whose containers and networks are found by that. */
export function groupOf({ name, user }: Pick<Project, 'name' | 'user'>): string {
  return `${name}/${user}`;
}

/** By which a container of a section is found again. */
export function labelsOf(project: Pick<Project, 'name' | 'user'>, image: string): Record<string, string> {
  return { [PROJECT_LABEL]: groupOf(project), [IMAGE_LABEL]: image };
}
