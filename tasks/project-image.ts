import { partsIn } from '../lib/oci/reference.js';
import { UserError } from '../lib/text/user-error.js';
import { checkBuildable } from './check-buildable.js';
import { imageOf, type TaskContext } from './context.js';

/** An image of the project, as a task is given it. */
export interface ProjectImage {
  name: string;
  /** Where the name that docker has for it says which. */
  tag?: string;
}

/**
 * The image that can be built, transferred and published by its name in the project, `app`, or by the one that docker
 * has for it, `myproject-app` or `myproject-app:ada`.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function projectImage(context: TaskContext, name: string): ProjectImage {
  const { images } = context.project;
  const wanted = images.includes(name) ? undefined : partsIn(name);
  const named = wanted && images.find((image) => repositoryOf(context, image) === wanted.repository);
  if (wanted && named !== undefined) return { name: named, tag: wanted.tag };
  checkBuildable(context.project, name);
  return { name };
}

/** The image's repository; undefined if its section is wrong: it was not the image asked for. */
function repositoryOf(context: TaskContext, name: string): string | undefined {
  try {
    return partsIn(imageOf(context, name, { remote: false, operation: 'publish' }).repository)?.repository;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
