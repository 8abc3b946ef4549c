import { checkImage } from '../lib/project/index.js';
import type { TaskContext } from './context.js';
import { defineTask } from './define-task.js';
import type { FlagTable } from './flags.js';
import { IN_SWARM, type InSwarmOptions } from './swarm/in-swarm.js';
import { TIMEOUT, timeoutOf } from './swarm/timeout.js';
import type { Task } from './task.js';

export interface DeployOptions extends InSwarmOptions {
  /** How many containers, or `global`, instead of the section's `replicas`. */
  replicas?: string;
  /** How long it may take until all of them run: `90s`, `5m`. Default: `5m`. */
  timeout?: string;
}

export const DEPLOY_FLAGS: FlagTable<DeployOptions> = {
  replicas: { type: 'string', value: 'NUMBER', description: 'how many containers, or "global"' },
  timeout: TIMEOUT,
  ...IN_SWARM,
};

/**
 * Makes an image a service of a swarm, or a service of it anew: its nodes get the image from here, without a registry, and
 * the task ends when all of it runs, or has gone back to what was there before.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function deploy(context: TaskContext, name: string, options: DeployOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'deploy',
    name: `deploy:${name}`,
    description: `Deploys ${name} to a swarm, as run.cfg says`,
    flags: DEPLOY_FLAGS,
    options,
    async work({ timeout, ...choices }, run) {
      const { carryOutDeploy, planDeploy } = await import('../lib/swarm/index.js');
      const { workInSwarm } = await import('./swarm/work-in-swarm.js');
      const { report, signal } = run;
      const limit = timeoutOf(timeout);
      await workInSwarm(context, { kind: 'service', name, ...choices }, run, {
        async plan(manager, draft, platform) {
          const plan = await planDeploy(manager, draft, platform);
          if (plan.action === 'nothing') report.info(`${plan.name} is deployed as it is to be already`);
          return plan;
        },
        carryOut: (plan, engines) => carryOutDeploy(plan, { report, signal, timeout: limit, engines }),
      });
    },
  });
}
