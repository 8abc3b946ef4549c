import { resolve } from 'node:path';
import { checkImage } from '../lib/project/index.js';
import type { JobCounts } from '../lib/swarm/index.js';
import { UserError } from '../lib/text/user-error.js';
import type { TaskContext } from './context.js';
import { defineTask } from './define-task.js';
import { type FlagTable, shown } from './flags.js';
import { openPrinter } from './print.js';
import { IN_SWARM, type InSwarmOptions } from './swarm/in-swarm.js';
import type { Task } from './task.js';

export interface JobOptions extends InSwarmOptions {
  /** How often the image runs: `JOB_INDEX` is 0, 1, … in its environment, `JOB_COUNT` this number. Default: `1`. */
  completions?: string;
  /** How many of them at a time. Default: all. */
  atOnce?: string;
  /** How often an index that fails, or whose node is lost, runs again. Default: `0`. */
  retries?: string;
  /** Whether the others go on where one has failed for good. */
  keepGoing?: boolean;
  /** A folder that gets what each index writes: `0.log`, `1.log`, … Default: none. */
  logs?: string;
}

export const JOB_FLAGS: FlagTable<JobOptions> = {
  completions: { type: 'string', value: 'NUMBER', description: 'how often it runs, with JOB_INDEX=0, 1, …' },
  atOnce: { type: 'string', value: 'NUMBER', description: 'how many at a time; all without it' },
  retries: { type: 'string', value: 'NUMBER', description: 'how often one that fails runs again' },
  keepGoing: { type: 'boolean', description: 'run the others where one has failed' },
  logs: { type: 'string', value: 'DIR', description: 'a folder that gets what each of them writes' },
  ...IN_SWARM,
};

/**
 * Runs an image on a swarm once for each index, where there is room for it, and ends when all have ended: with status 0
 * where all of them did. Nothing of it stays in the swarm but the image.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function job(context: TaskContext, name: string, options: JobOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'job',
    name: `job:${name}`,
    description: `Runs ${name} as a job on a swarm, once for each index`,
    flags: JOB_FLAGS,
    options,
    async work({ completions, atOnce, retries, keepGoing, logs, ...choices }, run) {
      const { carryOutJob, planJob } = await import('../lib/swarm/index.js');
      const { makeFolder, openTry } = await import('./swarm/job-output.js');
      const { renderJob, throwFailures } = await import('./swarm/job-table.js');
      const { workInSwarm } = await import('./swarm/work-in-swarm.js');
      const { report, signal } = run;
      const counts = countsOf({ completions, atOnce, retries, keepGoing });
      const project = context.project.name;
      const folder = logs === undefined ? undefined : resolve(logs);
      if (folder !== undefined && !choices.dryRun) await makeFolder(folder);
      await workInSwarm(context, { kind: 'job', name, ...choices }, run, {
        plan: (manager, draft, platform) => planJob(manager, { name, project, draft, platform, counts }),
        async carryOut(plan, engines) {
          run.cleanUpWithin(CLEAN_UP);
          const printer = await openPrinter(context);
          const output = { printer, report, completions: counts.completions, folder };
          const open = (index: number, tryNumber: number) => openTry(output, index, tryNumber);
          const results = await carryOutJob(plan, { report, signal, engines, open });
          for (const line of renderJob(results, printer)) printer.print(line);
          throwFailures(name, results);
        },
      });
    },
  });
}

/** Milliseconds to remove what runs. */
const CLEAN_UP = 30_000;

type Counts = Pick<JobOptions, 'completions' | 'atOnce' | 'retries' | 'keepGoing'>;

/** @throws {UserError} `BAD_OPTION` */
function countsOf({ completions, atOnce, retries, keepGoing = false }: Counts): JobCounts {
  const all = numberOf('completions', completions ?? '1', 1);
  return {
    completions: all,
    atOnce: numberOf('at-once', atOnce ?? String(all), 1),
    retries: numberOf('retries', retries ?? '0', 0),
    keepGoing,
  };
}

function numberOf(flag: string, text: string, least: number): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (number >= least) return number;
  throw new UserError(
    'BAD_OPTION',
    `--${flag} takes a number from ${least} to 99999, and not ${shown(text)}.`,
  );
}
