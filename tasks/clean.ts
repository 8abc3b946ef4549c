import type { DescribeOptions, Image } from '../lib/project/index.js';
import { UserError } from '../lib/text/user-error.js';
import { checkBuildable } from './check-buildable.js';
import { engineAddress, imageOf, type TaskContext, withMeans } from './context.js';
import { defineTask } from './define-task.js';
import { ACCEPT_NEW, DRY_RUN, ENGINE_HOST, type FlagTable } from './flags.js';
import { refusalOfAll } from './refusal-of-all.js';
import type { Task } from './task.js';

export interface CleanOptions {
  /** Tag of the images, instead of the section's or the user's name. */
  tag?: string;
  /** The engine whose images are removed, instead of the one that the environment names. */
  host?: string;
  /** Trust a host whose key is not known yet, and remember it. */
  acceptNew?: boolean;
  /** Print the docker command, and do nothing. */
  dryRun?: boolean;
}

export const CLEAN_FLAGS: FlagTable<CleanOptions> = {
  tag: { type: 'string', value: 'TAG', description: "tag of the images, instead of the user's name" },
  host: ENGINE_HOST,
  acceptNew: { ...ACCEPT_NEW, unlisted: true },
  dryRun: DRY_RUN,
};

/**
 * Removes an image and its builder stage, or all of the project where no name is given; one that is missing is no error.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function clean(context: TaskContext, name?: string, options: CleanOptions = {}): Task {
  if (name !== undefined) checkBuildable(context.project, name);
  return defineTask(context, {
    kind: 'clean',
    name: name === undefined ? 'clean' : `clean:${name}`,
    description: name === undefined ? 'Removes all images of the project' : `Removes the image ${name}`,
    flags: CLEAN_FLAGS,
    options,
    async work({ tag, host, acceptNew, dryRun }, { report, signal }) {
      const { carryOutClean, planClean } = await import('../lib/build/clean.js');
      const address = await engineAddress(context, { host });
      const { remote, cliFlags } = address;
      const names = name === undefined ? context.project.images : [name];
      const images = imagesOf(context, names, { remote, tag, operation: 'build' });
      const plan = planClean(images, cliFlags);
      report.command(plan.commandLine);
      if (!dryRun)
        await withMeans(context, address, { report, signal, acceptNew }, (means) =>
          carryOutClean(plan, means),
        );
    },
  });
}

/** @throws {UserError} `BAD_SECTION`, `BAD_NAME`, `BAD_TAG`, with all that is wrong in their sections */
function imagesOf(context: TaskContext, names: readonly string[], options: DescribeOptions): Image[] {
  const problems: UserError[] = [];
  const images = names.flatMap((name) => {
    try {
      return imageOf(context, name, options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error);
      return [];
    }
  });
  const right = images.map(({ name }) => name);
  const refusal = refusalOfAll(problems, right, 'removed');
  if (refusal) throw refusal;
  return images;
}
