import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkImage } from '../lib/project/index.js';
import { formatDuration } from '../lib/report/index.js';
import type { IndexResult, JobCounts, TaskLine } from '../lib/swarm/index.js';
import { UserError } from '../lib/text/user-error.js';
import { imageOf, type TaskContext } from './context.js';
import { defineTask } from './define-task.js';
import { DEPLOY_FLAGS, type DeployOptions } from './deploy.js';
import { type FlagTable, shown } from './flags.js';
import { openPrinter } from './print.js';
import { workInSwarm } from './swarm/in-swarm.js';
import type { Task } from './task.js';

export interface JobOptions extends Omit<DeployOptions, 'replicas' | 'timeout'> {
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

const { replicas: _replicas, timeout: _timeout, dryRun, ...SHARED } = DEPLOY_FLAGS;

export const JOB_FLAGS: FlagTable<JobOptions> = {
  completions: { type: 'string', value: 'NUMBER', description: 'how often it runs, with JOB_INDEX=0, 1, …' },
  atOnce: { type: 'string', value: 'NUMBER', description: 'how many at a time; all without it' },
  retries: { type: 'string', value: 'NUMBER', description: 'how often one that fails runs again' },
  keepGoing: { type: 'boolean', description: 'run the others where one has failed' },
  logs: { type: 'string', value: 'DIR', description: 'a folder that gets what each of them writes' },
  ...SHARED,
  dryRun,
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
    async work(
      { tag, completions, atOnce, retries, keepGoing, logs, ...choices },
      { report, signal, ...run },
    ) {
      const { carryOutJob, planJob } = await import('../lib/swarm/index.js');
      const counts = countsOf({ completions, atOnce, retries, keepGoing });
      const image = imageOf(context, name, { remote: true, tag, operation: 'deploy' });
      const project = context.project.name;
      const folder = logs === undefined ? undefined : resolve(logs);
      await workInSwarm(
        context,
        { image, ...choices },
        { report, signal },
        {
          plan: (manager, draft, platform) => planJob(manager, { name, project, draft, platform, counts }),
          async carryOut(plan) {
            if (folder !== undefined) await mkdir(folder, { recursive: true });
            run.cleanUpWithin(CLEAN_UP);
            const results = await carryOutJob(plan, {
              ...{ report, signal },
              tell: (index, line) => write(index, line),
              keep: (index, tryNumber, lines) => keep(folder, { index, tryNumber, lines }),
            });
            await printTable(context, results);
            throwFailures(name, results);
          },
        },
      );

      function write(index: number, { stream, text }: TaskLine): void {
        const resume = report.suspend();
        process[stream].write(`${index} │ ${text}\n`);
        resume();
      }
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

async function keep(
  folder: string | undefined,
  { index, tryNumber, lines }: { index: number; tryNumber: number; lines: readonly TaskLine[] },
): Promise<void> {
  if (folder === undefined) return;
  const file = join(folder, `${index}.log`);
  if (tryNumber === 1) await rm(file, { force: true });
  await appendFile(file, lines.map(({ text }) => `${text}\n`).join(''));
}

async function printTable(context: TaskContext, results: readonly IndexResult[]): Promise<void> {
  const { renderTable } = await import('../lib/overview/index.js');
  const { palette, columns, print } = await openPrinter(context);
  const rows = results.map(({ index, status, tries, node = '', problem, elapsed }) => [
    String(index),
    problem === undefined ? palette.green(String(status)) : palette.red(String(status ?? '–')),
    String(tries),
    node,
    tries === 0 ? '' : formatDuration(elapsed),
    problem ?? '',
  ]);
  const table = [['INDEX', 'STATUS', 'TRIES', 'NODE', 'TIME', ''], ...rows];
  const [head = '', ...lines] = renderTable(table, [], { columns, ellipsis: palette.signs.ellipsis });
  for (const line of [palette.bold(head), ...lines]) print(line);
}

/** @throws {UserError} `JOB_FAILED` unless all have ended with status 0 */
function throwFailures(name: string, results: readonly IndexResult[]): void {
  const failed = results.filter(({ problem }) => problem !== undefined);
  if (failed.length === 0) return;
  const ran = failed.filter(({ tries }) => tries > 0);
  const list = ran.slice(0, MANY).map(({ index, problem }) => `${index} ${problem}`);
  const more = ran.length > MANY ? `, and ${ran.length - MANY} more` : '';
  throw new UserError(
    'JOB_FAILED',
    `${failed.length} of ${results.length} of ${name} did not end with status 0: ${list.join(', ')}${more}.`,
  );
}

const MANY = 10;
