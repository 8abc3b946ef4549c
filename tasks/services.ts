import { UserError } from '../lib/text/user-error.js';
import type { TaskContext } from './context.js';
import { defineTask } from './define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable } from './flags.js';
import { JSON_FLAG } from './json.js';
import { openPrinter } from './print.js';
import type { SwarmTable } from './swarm/render-swarm.js';
import type { ServicesJson, SwarmJson } from './swarm/results.js';
import { SWARM } from './swarm/swarm-flag.js';
import type { Task } from './task.js';

export interface ServicesOptions {
  /** A manager of the swarm to look at, instead of those that run.cfg names. */
  swarm?: string;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Print them as JSON, a {@link ServicesJson}. */
  json?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const SERVICES_FLAGS: FlagTable<ServicesOptions> = {
  swarm: { ...SWARM, description: 'a manager of the swarm, instead of those of run.cfg' },
  acceptNew: ACCEPT_NEW,
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};

/**
 * Prints what is deployed of the project, how much of it runs, and which node of its swarm has which image of it. A node
 * that cannot be reached is no failure.
 */
export function services(context: TaskContext, options: ServicesOptions = {}): Task {
  return defineTask(context, {
    kind: 'services',
    name: 'services',
    description: 'Lists what is deployed, and which node has what',
    flags: SERVICES_FLAGS,
    options,
    async work({ swarm, acceptNew, dryRun }, { report, signal, result }) {
      const { reportSurvey, swarmsOf, withSurvey } = await import('./swarm/survey.js');
      const { swarms, problems } = await swarmsOf(context, swarm);
      if (swarms.length === 0 && problems.length === 0) throw nowhere();
      const surveyed: SwarmTable[] = [];
      for (const one of swarms) {
        reportSurvey(context, one, report);
        if (dryRun) continue;
        await withSurvey(context, one, { report, signal, acceptNew }, ({ table, problems: further }) => {
          surveyed.push(table);
          problems.push(...further);
        });
      }
      if (result) result({ swarms: surveyed.map(asJson), problems } satisfies ServicesJson);
      else if (!dryRun) {
        const { renderSwarms } = await import('./swarm/render-swarm.js');
        const { palette, columns, print } = await openPrinter(context);
        for (const line of await renderSwarms(surveyed, palette, columns)) print(line);
      }
      for (const problem of problems) report.warn(problem);
    },
  });
}

function nowhere(): UserError {
  return new UserError(
    'NO_SWARM',
    'Nothing says where the project is deployed: give --swarm ssh://user@manager, or set swarm in a section of run.cfg.',
  );
}

function asJson({ manager, services, nodes }: SwarmTable): SwarmJson {
  return {
    manager,
    services: [...services],
    nodes: nodes.map(({ node, contents }) => ({
      ...{ id: node.id, hostname: node.hostname, role: node.role, state: node.state },
      ...{ availability: node.availability, version: node.engineVersion, contents },
    })),
  };
}
