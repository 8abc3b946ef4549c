import { createHash } from 'node:crypto';
import type { CreateContainerBody } from '../run/flags/index.js';

/** On what goes with the process that made it: a mark of that. */
export const OWNER_LABEL = 'gulp-dockerutils.owner';

/** On what is kept: what it was made from, to be compared. */
export const CONFIGURATION_LABEL = 'gulp-dockerutils.configuration';

/** On what is kept: a mark of the process that starts it. */
export const STARTER_LABEL = 'gulp-dockerutils.starter';

/** What a container is made from, in one word: all that the engine is asked for, and the image that it meant. */
export function configurationOf(body: CreateContainerBody, imageId: string): string {
  const { Labels, ...rest } = body;
  return createHash('sha256')
    .update(JSON.stringify([rest, Labels, imageId]))
    .digest('hex');
}
