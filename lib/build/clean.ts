import { isRefusal } from '../engine/client/errors.js';
import { removeImage } from '../engine/images/names.js';
import type { Means } from '../engine/means.js';
import type { Image } from '../project/types.js';
import { commandLine } from '../text/command-line.js';
import { UserError } from '../text/user-error.js';

export interface CleanPlan {
  /** References to remove: each image, and its builder stage. */
  references: readonly string[];
  /** To be pasted into a shell. */
  commandLine: string;
}

/** Computes what removing these images means; synthetic ones have nothing of their own. */
export function planClean(images: readonly Image[], cliFlags: readonly string[] = []): CleanPlan {
  const references = images
    .filter(({ synthetic }) => !synthetic)
    .flatMap(({ repository, tag, reference }) => [reference, `${repository}-builder:${tag}`]);
  return { references, commandLine: commandLine(['docker', ...cliFlags, 'image', 'rm', ...references]) };
}

/**
 * Removes the images that are there, until the signal comes.
 *
 * @returns the references that were removed
 * @throws {UserError} `IMAGE_IN_USE` for one that a container needs, after all others have been removed
 */
export async function carryOutClean(
  plan: CleanPlan,
  { engine, report, signal }: Pick<Means, 'engine' | 'report' | 'signal'>,
): Promise<string[]> {
  const removed: string[] = [];
  const refusals: string[] = [];
  for (const reference of plan.references) {
    signal.throwIfAborted();
    try {
      if (!(await removeImage(engine, reference))) continue;
      removed.push(reference);
      report.info(`removed ${reference}`);
    } catch (error) {
      if (!isRefusal(error, 409)) throw error;
      refusals.push(`${reference} (${error.sentence})`);
    }
  }
  if (refusals.length === 0) return removed;
  throw new UserError('IMAGE_IN_USE', `Still needed, and so not removed: ${refusals.join(', ')}.`);
}
