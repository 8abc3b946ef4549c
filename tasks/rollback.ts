import { checkImage } from '../lib/project/index.js';
import { imageOf, type TaskContext, withEngine } from './context.js';
import { defineTask } from './define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable } from './flags.js';
import { SWARM } from './swarm/swarm-flag.js';
import { TIMEOUT, timeoutOf } from './swarm/timeout.js';
import type { Task } from './task.js';

export interface RollbackOptions {
  /** A manager of the swarm, `ssh://user@host` or in the forms of transfer's `host`, instead of the section's `swarm`. */
  swarm?: string;
  /** How long it may take until all of it runs: `90s`, `5m`. Default: `5m`. */
  timeout?: string;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Ask the swarm, print the docker command, and do nothing. */
  dryRun?: boolean;
}

export const ROLLBACK_FLAGS: FlagTable<RollbackOptions> = {
  swarm: SWARM,
  timeout: TIMEOUT,
  acceptNew: ACCEPT_NEW,
  dryRun: DRY_RUN,
};

/**
 * Makes the service of an image what it was before its last change, with the very image that it had.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function rollback(context: TaskContext, name: string, options: RollbackOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'rollback',
    name: `rollback:${name}`,
    description: `Takes what was deployed of ${name} back to what it was before`,
    flags: ROLLBACK_FLAGS,
    options,
    async work({ swarm, timeout, acceptNew, dryRun }, { report, signal }) {
      const { carryOutRollBack, planRollBack } = await import('../lib/swarm/index.js');
      const { checkManager, managerAddress } = await import('./swarm/manager.js');
      const limit = timeoutOf(timeout);
      const image = imageOf(context, name, { remote: true, operation: 'deploy' });
      const address = await managerAddress(context, name, { given: swarm, written: image.swarm.manager });
      await withEngine(context, address, { report, signal, acceptNew }, async (manager) => {
        await checkManager(manager);
        const plan = await planRollBack(manager, image);
        report.command(plan.command);
        if (!dryRun) await carryOutRollBack(plan, { report, signal, timeout: limit });
      });
    },
  });
}
