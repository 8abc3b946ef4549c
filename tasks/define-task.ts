import type { Report } from '../lib/report/types.js';
import { UserError } from '../lib/text/user-error.js';
import { isSilent, openReport, type BareContext } from './context.js';
import { describeFlags, readFlags, type Flag, type FlagTable } from './flags.js';
import { interruptible, type Interruptible } from './interrupt.js';

/**
 * A gulp task: for `series` and `parallel`, to be exported, or to be called by itself. Its function's `name`, such as
 * `build:app`, is what gulp calls it in a series; where it is exported, the export's name counts.
 */
export interface Task {
  (): Promise<void>;
  readonly name: string;
  description: string;
  flags: Record<string, string>;
}

/** What a task is given to work with. */
export interface TaskRun extends Interruptible {
  report: Report;
}

export interface Job<Options extends object> {
  flags: FlagTable<Options>;
  /** What the gulpfile pins; it wins over flags. */
  options: Options;
  work: (options: Options, run: TaskRun) => Promise<void>;
}

export interface TaskDefinition<Options extends object> extends Job<Options> {
  name: string;
  description: string;
}

/** Makes a gulp task of an operation. */
export function defineTask<Options extends { dryRun?: boolean }>(
  context: BareContext,
  { name, description, ...job }: TaskDefinition<Options>,
): Task {
  return asTask(() => carryOutJob(context, job), { name, description, flags: job.flags });
}

/** Tells gulp what a function does. */
export function asTask(
  work: () => Promise<void>,
  { name, description, flags }: { name: string; description: string; flags: Record<string, Flag> },
): Task {
  // Not as displayName, which gulp would prefer to the name of an export.
  Object.defineProperty(work, 'name', { value: name, configurable: true });
  return Object.assign(work, { description, flags: describeFlags(flags) });
}

/** Carries out an operation: reads its flags, gives it a report and a signal, and passes its exit status on. */
export async function carryOutJob<Options extends { dryRun?: boolean }>(
  context: BareContext,
  { flags, options, work }: Job<Options>,
): Promise<void> {
  try {
    const chosen = { ...readFlags(flags, context.argv, context.knownFlags), ...defined(options) } as Options;
    const report = await openReport(context, chosen.dryRun ?? false);
    await interruptible((means) => work(chosen, { report, ...means }));
  } catch (error) {
    // A failure says why, even where gulp is not to.
    if (isSilent(context)) console.error(error);
    if (error instanceof UserError && error.exitStatus !== 1) exitWith(error.exitStatus);
    throw error;
  }
}

/** gulp ends every failure with status 1; the last word on it is had as the process exits. */
function exitWith(status: number): void {
  process.once('exit', () => (process.exitCode = status));
}

function defined<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<Options>;
}
