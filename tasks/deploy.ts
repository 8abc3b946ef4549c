import { checkImage } from '../lib/project/index.js';
import { imageOf, type TaskContext } from './context.js';
import { defineTask } from './define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable, NO_DELTA } from './flags.js';
import { workInSwarm } from './swarm/in-swarm.js';
import { SWARM } from './swarm/manager.js';
import { TIMEOUT, timeoutOf } from './swarm/timeout.js';
import type { Task } from './task.js';

export interface DeployOptions {
  /** A manager of the swarm, `ssh://user@host` or in the forms of transfer's `host`, instead of the section's `swarm`. */
  swarm?: string;
  /** The engine that has the image, instead of the one that the environment names. */
  from?: string;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** How many containers, or `global`, instead of the section's `replicas`. */
  replicas?: string;
  /** How long it may take until all of them run: `90s`, `5m`. Default: `5m`. */
  timeout?: string;
  /** Send layers whole, even where a node has an image with much of what is in them. */
  noDelta?: boolean;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Ask the swarm and its nodes, show the plan and the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const DEPLOY_FLAGS: FlagTable<DeployOptions> = {
  swarm: SWARM,
  from: {
    type: 'string',
    value: 'HOST',
    description: 'the engine that has the image, instead of the local one',
  },
  tag: {
    type: 'string',
    short: 't',
    value: 'TAG',
    description: "tag of the image, instead of the user's name",
  },
  replicas: { type: 'string', value: 'NUMBER', description: 'how many containers, or "global"' },
  timeout: TIMEOUT,
  noDelta: NO_DELTA,
  acceptNew: ACCEPT_NEW,
  dryRun: { ...DRY_RUN, description: 'show what would be sent and changed, and do nothing' },
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
    async work({ tag, timeout, ...choices }, { report, signal }) {
      const { carryOutDeploy, planDeploy } = await import('../lib/swarm/index.js');
      const limit = timeoutOf(timeout);
      const image = imageOf(context, name, { remote: true, tag, operation: 'deploy' });
      if (image.service.dependsOn.length > 0)
        report.warn(
          `deploy:${name} deploys ${name} alone: what its section depends on is deployed by itself.`,
        );
      await workInSwarm(
        context,
        { image, ...choices },
        { report, signal },
        {
          async plan(manager, draft, platform) {
            const plan = await planDeploy(manager, draft, platform);
            if (plan.action === 'nothing') report.info(`${plan.name} is deployed as it is to be already`);
            return plan;
          },
          carryOut: (plan, engines) => carryOutDeploy(plan, { report, signal, timeout: limit, engines }),
        },
      );
    },
  });
}
