import { checkImage } from '../../lib/project/index.js';
import { UserError } from '../../lib/text/user-error.js';
import { type TaskContext, withMeans } from '../context.js';
import { defineTask } from '../define-task.js';
import { type FlagTable, shown } from '../flags.js';
import type { Task } from '../task.js';
import { containerPlace, ON_CONTAINER, type OnContainerOptions } from './on-container.js';

export interface LogsOptions extends OnContainerOptions {
  /** Go on with what is written from now on, until it ends. */
  follow?: boolean;
  /** How many of the last lines, a number. Default: all of them. */
  tail?: string;
}

export const LOGS_FLAGS: FlagTable<LogsOptions> = {
  follow: { type: 'boolean', alike: ['f'], description: 'go on with what is written from now on' },
  tail: {
    type: 'string',
    alike: ['n', 'lines'],
    value: 'N',
    description: 'only so many of the last lines',
  },
  ...ON_CONTAINER,
};

/**
 * Shows what the container of an image has written: of the one that runs, else of the last one that is still there.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function logs(context: TaskContext, name: string, options: LogsOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'logs',
    name: `logs:${name}`,
    description: `Shows what ${name} has written`,
    flags: LOGS_FLAGS,
    options,
    async work({ dryRun, host, acceptNew, follow = false, tail }, { report, signal }) {
      const { chooseContainer, listingWords, showLogs } = await import('../../lib/services/running/index.js');
      checkTail(tail);
      const { address, group, docker, usualName } = await containerPlace(context, { host });
      const line = (container: string) =>
        docker(
          ...['logs', ...(follow ? ['--follow'] : []), ...(tail === undefined ? [] : ['--tail', tail])],
          container,
        );
      if (dryRun) {
        report.command(docker(...listingWords(group, name)));
        report.command(line(usualName(name)));
        return;
      }
      await withMeans(context, address, { report, signal, acceptNew }, async ({ engine }) => {
        const container = await chooseContainer({ engine, report }, { group, section: name, orEnded: true });
        report.command(line(container.name));
        await showLogs(container, { follow, tail }, { engine, signal, streams: process });
      });
    },
  });
}

function checkTail(tail: string | undefined): void {
  if (tail === undefined || /^(\d{1,9}|all)$/.test(tail)) return;
  throw new UserError('BAD_OPTION', `--tail takes a number of lines, found ${shown(tail)}.`);
}
