import { checkImage } from '../../lib/project/index.js';
import { imageOf, type TaskContext, withMeans } from '../context.js';
import { defineTask } from '../define-task.js';
import type { FlagTable } from '../flags.js';
import { runSurroundings } from '../plan-run.js';
import type { Task } from '../task.js';
import { containerPlace, ON_CONTAINER, type OnContainerOptions } from './on-container.js';

export interface StartOptions extends OnContainerOptions {
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Show what it and the services that it needs write until they are ready. */
  logs?: boolean;
}

export const START_FLAGS: FlagTable<StartOptions> = {
  tag: { type: 'string', value: 'TAG', description: "tag of the image, instead of the user's name" },
  logs: { type: 'boolean', description: 'show what it writes until it is ready' },
  ...ON_CONTAINER,
};

/**
 * Starts an image in the background, as its section of run.cfg says, and what it depends on before it, and waits until it
 * is ready. What runs already in the same way is left alone, and what runs in another way is replaced.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function start(context: TaskContext, name: string, options: StartOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'start',
    name: `start:${name}`,
    description: `Starts ${name} in the background, until it is ready`,
    flags: START_FLAGS,
    options,
    async work({ dryRun, host, acceptNew, tag, logs }, { report, signal, cleanUpWithin }) {
      const { carryOutBeside, longestStop, planServices, renderServices } =
        await import('../../lib/services/index.js');
      const { address } = await containerPlace(context, { host });
      const { remote } = address;
      const request = await runSurroundings(context, address);
      const planned = (engine: Parameters<typeof request>[0]) =>
        planServices({
          ...request(engine),
          client: { name: `start:${name}`, dependsOn: [{ name }] },
          describe: (one) =>
            imageOf(context, one, { remote, operation: 'run', ...(one === name && { tag }) }),
          staysUp: true,
        });
      if (dryRun) {
        const { before, behind } = renderServices(planned({}));
        [...before, ...behind].forEach((line) => report.command(line));
        return;
      }
      await withMeans(context, address, { report, signal, acceptNew }, async (means) => {
        const plan = planned(await means.engine.facts());
        cleanUpWithin(longestStop(plan));
        await carryOutBeside(plan, { ...means, logs }, () => Promise.resolve());
      });
    },
  });
}
