import type { Report } from '../lib/report/types.js';
import type { Asked } from './command-line/refusal.js';
import { type BareContext, isSilent, openReport, rootOf } from './context.js';
import { passOnExitStatus } from './exit-status.js';
import { type Chosen, describeFlags, flagName, type FlagTable } from './flags.js';
import { annotate } from './github/annotations.js';
import { summaryOf } from './github/job-summary.js';
import { type Interruptible, interruptible } from './interrupt.js';
import { printJson } from './json.js';
import { checkOptions } from './options.js';
import { outsideDomain } from './outside-domain.js';
import type { Task } from './task.js';
import { untilSettled } from './until-settled.js';

/** What a task is given to work with. */
export interface TaskRun extends Interruptible {
  report: Report;
  /** Whether a task of this kind is part of the same run. */
  includes: (kind: string) => boolean;
  /** Prints what came of it as a line of JSON; there is none where nobody asked for it, and in a dry run. */
  result?: (value: object) => void;
}

export interface Job<Options extends object> {
  /** `build:app` */
  name: string;
  /** `build` */
  kind: string;
  flags: FlagTable<Options>;
  /** What the gulpfile sets; it wins over flags. */
  options: Partial<Chosen<Options>>;
  /** Whether the work itself tells what the project is to be warned of. */
  tellsWarnings?: boolean;
  work: (options: Partial<Chosen<Options>>, run: TaskRun) => Promise<void>;
}

export interface TaskDefinition<Options extends object> extends Omit<Job<Options>, 'options'> {
  description: string;
  /** The options that the gulpfile gave. */
  options: Options;
}

/**
 * Makes a gulp task of an operation.
 *
 * @throws {UserError} `BAD_OPTION` for an option that the task does not take
 */
export function defineTask<Options extends { dryRun?: boolean }>(
  context: BareContext,
  { description, ...definition }: TaskDefinition<Options>,
): Task {
  const { name, kind, flags } = definition;
  const job = { ...definition, options: checkOptions(name, flags, definition.options) };
  return asTask(context, () => carryOutJob(context, job), { name, kind, description, flags });
}

/** Tells gulp what a function does, and the run of gulp what it takes. */
export function asTask(
  { invocation }: BareContext,
  work: () => Promise<void>,
  { description, ...asked }: Asked & { description: string },
): Task {
  const start = (): Promise<void> => {
    invocation.neverRun.ran(task);
    return outsideDomain(work);
  };
  // Not `displayName`: gulp would prefer that to the name under which the task is exported.
  Object.defineProperty(start, 'name', { value: asked.name, configurable: true });
  const task = Object.assign(start, { description, flags: describeFlags(asked.flags) });
  invocation.add(task, asked);
  return task;
}

/** Carries out an operation: reads its flags, gives it a report and a signal, and passes its exit status on. */
export async function carryOutJob<Options extends { dryRun?: boolean }>(
  context: BareContext,
  job: Job<Options>,
): Promise<void> {
  try {
    const { name, kind, flags, options, work } = job;
    const { invocation } = context;
    const given = invocation.take({ name, kind, flags });
    const chosen: Partial<Chosen<Options>> = { ...given, ...options };
    const dryRun = chosen.dryRun === true;
    const json = 'json' in chosen && chosen.json === true;
    const report = await openReport(context, { dryRun, json });
    tellOfOverruled(job, given, report);
    // Once in a process, whichever task comes first.
    if (!job.tellsWarnings) {
      context.warnings.splice(0).forEach((warning) => report.warn(warning));
      await warnOfDockerConfig(context, report);
    }
    const includes = (other: string) => invocation.includes(other);
    const result = dryRun ? undefined : teller(job, context, json ? report : undefined);
    await untilSettled(interruptible((means) => work(chosen, { report, includes, result, ...means })));
  } catch (error) {
    // A failure says why, even where gulp is not to.
    if (isSilent(context) && !told.has(error)) console.error(error);
    told.add(error);
    annotate(error, { env: context.env, root: rootOf(context) });
    passOnExitStatus();
    throw error;
  }
}

/** What takes down the results of a task: as JSON where a report is given, and for the summary of a CI job. */
function teller(
  { kind }: { kind: string },
  { env }: BareContext,
  report: Report | undefined,
): ((value: object) => void) | undefined {
  const summary = summaryOf(kind, env);
  if (!report) return summary;
  return (value) => {
    printJson(value, report);
    summary?.(value);
  };
}

const toldOfConfigs = new Set<string>();

/** What goes on without the docker configuration, or a part of it, says so, once. */
async function warnOfDockerConfig({ env }: BareContext, report: Report): Promise<void> {
  const { dockerConfigFaults } = await import('../lib/engine/credentials/docker-config.js');
  for (const fault of dockerConfigFaults(env)) {
    if (toldOfConfigs.has(fault)) continue;
    toldOfConfigs.add(fault);
    report.warn(`${fault} This goes on without it.`);
  }
}

/** Errors that have been reported: all work that one failure aborts rejects with the same error. */
const told = new Set<unknown>();

/** What a gulpfile sets wins over flags, which is no reason to pass over them in silence. */
function tellOfOverruled<Options extends object>(
  { name, flags, options }: Job<Options>,
  given: Partial<Chosen<Options>>,
  report: Report,
): void {
  for (const option in given) {
    if (!(option in options) || JSON.stringify(options[option]) === JSON.stringify(given[option])) continue;
    report.warn(
      `--${flagName(option, flags[option])} does not count for ${name}, of which the gulpfile sets ${option}.`,
    );
  }
}
