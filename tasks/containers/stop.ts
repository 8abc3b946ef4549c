import { checkImage } from '../../lib/project/index.js';
import { type TaskContext, withMeans } from '../context.js';
import { defineTask } from '../define-task.js';
import type { FlagTable } from '../flags.js';
import type { Task } from '../task.js';
import { containerPlace, ON_CONTAINER, type OnContainerOptions } from './on-container.js';

export type StopOptions = OnContainerOptions;

export const STOP_FLAGS: FlagTable<StopOptions> = ON_CONTAINER;

/**
 * Stops what runs of an image, or where no name is given all that runs of the project: services, which are removed, and
 * what `run --keep` started, which is kept.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function stop(context: TaskContext, name?: string, options: StopOptions = {}): Task {
  if (name !== undefined) checkImage(context.project, name);
  return defineTask(context, {
    kind: 'stop',
    name: name === undefined ? 'stop' : `stop:${name}`,
    description: `Stops what runs of ${name ?? 'the project'}`,
    flags: STOP_FLAGS,
    options,
    async work({ dryRun, host, acceptNew }, { report, signal }) {
      const { listingWords, stopContainers } = await import('../../lib/services/running/index.js');
      const { address, group, docker, usualName } = await containerPlace(context, { host });
      if (dryRun) {
        report.command(docker(...listingWords(group, name)));
        const names = name === undefined ? context.project.synthetic : [name];
        for (const one of names) {
          report.command(docker('stop', usualName(one)));
          report.command(docker('rm', '-f', '-v', usualName(one)));
        }
        return;
      }
      await withMeans(context, address, { report, signal, acceptNew }, (means) =>
        stopContainers({ group, section: name }, means),
      );
    },
  });
}
