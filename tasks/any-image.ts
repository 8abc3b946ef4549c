import { partsIn } from '../lib/oci/reference.js';
import { didYouMean } from '../lib/text/did-you-mean.js';
import { UserError } from '../lib/text/user-error.js';
import { dockerTasks } from './docker-tasks.js';
import { type PublishOptions, publishReference } from './publish.js';
import type { Task } from './task.js';
import { type TransferOptions, transferReference } from './transfer.js';

/** Sends an image of the project, or any that docker has, by the name that docker has for it. */
export function transferAny(name: string, options: TransferOptions): Task {
  return isOfProject(name)
    ? dockerTasks({ argv: [] }).transfer(name, options)
    : transferReference(name, options);
}

/** Uploads an image of the project, or any that docker has, by the name that docker has for it. */
export function publishAny(name: string, options: PublishOptions): Task {
  return isOfProject(name)
    ? dockerTasks({ argv: [] }).publish(name, options)
    : publishReference(name, options);
}

/**
 * Whether a name is one for the tasks of the project, be it only to say what is wrong with it: a slip in the name of
 * an image is none of docker's.
 */
function isOfProject(name: string): boolean {
  if (partsIn(name) === undefined) return true;
  try {
    const tasks = dockerTasks({ argv: [] });
    try {
      tasks.transfer(name);
      return true;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'UNKNOWN_IMAGE') return true;
      return !/[:/]/.test(name) && didYouMean(name, [...tasks.images, ...tasks.synthetic]) !== '';
    }
  } catch (error) {
    if (error instanceof UserError && error.code === 'NO_DOCKER_FOLDER') return false;
    throw error;
  }
}
