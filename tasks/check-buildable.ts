import { checkImage } from '../lib/project/index.js';
import type { Project } from '../lib/project/types.js';
import { UserError } from '../lib/text/user-error.js';

/**
 * Makes sure that an image can be built, transferred and published.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, or `SYNTHETIC_IMAGE` for one that can only be run
 */
export function checkBuildable(project: Project, name: string): void {
  checkImage(project, name);
  if (project.synthetic.includes(name))
    throw new UserError(
      'SYNTHETIC_IMAGE',
      `${name} is a synthetic image: it can be run, and has nothing to build.`,
    );
}
