import { wrapped } from '../../lib/report/wrapped.js';
import { didYouMean } from '../../lib/text/did-you-mean.js';
import { UserError } from '../../lib/text/user-error.js';
import type { TaskContext } from '../context.js';
import { defineTask } from '../define-task.js';
import { type AnyFlagTable, DRY_RUN, type FlagTable, shown } from '../flags.js';
import { openPrinter } from '../print.js';
import type { Task } from '../task.js';
import { PURPOSES } from './purposes.js';
import { flagRows, renderRows, type UsageRow } from './usage.js';

export interface HelpOptions {
  /** Changes nothing: nothing is done anyway. */
  dryRun?: boolean;
}

export const HELP_FLAGS: FlagTable<HelpOptions> = {
  dryRun: { ...DRY_RUN, description: 'changes nothing: nothing is done anyway', unlisted: true },
};

/**
 * Says what the tasks of the project do, or all flags of one kind of task.
 *
 * @param kind `run` of `run:app`
 * @throws {UserError} `UNKNOWN_KIND`
 */
export function help(context: TaskContext, kind?: string, options: HelpOptions = {}): Task {
  const { kinds } = context.invocation;
  const flags = kind === undefined ? {} : kinds[kind];
  if (!flags)
    throw new UserError(
      'UNKNOWN_KIND',
      `There is no kind of task ${shown(kind ?? '')}${didYouMean(kind ?? '', Object.keys(kinds))}: there are ${Object.keys(kinds).join(', ')}.`,
    );
  return defineTask(context, {
    kind: 'help',
    name: kind === undefined ? 'help' : `help:${kind}`,
    description: kind === undefined ? (PURPOSES.help?.all ?? '') : `Shows the flags of ${kind}`,
    flags: HELP_FLAGS,
    options,
    async work() {
      const { print, columns } = await openPrinter(context);
      const lines = kind === undefined ? overview(context, columns) : helpOn(kind, flags, columns);
      print(lines.join('\n'));
    },
  });
}

const FLAGS_LINE =
  'Flags: gulp help:<kind>, such as gulp help:run. A flag holds for every task of a command line that takes it.';

function overview({ project, invocation }: TaskContext, columns: number | undefined): string[] {
  const { images, synthetic, name } = project;
  const rows = Object.keys(invocation.kinds).flatMap((kind) => formRows(kind));
  const lists: UsageRow[] = [
    ['images', images.join(' ') || 'none yet: docker/<image>/Dockerfile makes one'],
    ...(synthetic.length > 0 ? [['to be run alone', synthetic.join(' ')] as const] : []),
  ];
  return [
    `The tasks of ${name}:`,
    ...renderRows(rows, columns),
    '',
    ...renderRows(lists, columns),
    '',
    ...wrapped(FLAGS_LINE, columns ?? Infinity),
  ];
}

function helpOn(kind: string, flags: AnyFlagTable, columns: number | undefined): string[] {
  return [...renderRows(formRows(kind), columns), '', ...renderRows(flagRows(flags), columns)];
}

/** How the tasks of a kind are named, and what they do: `build` and `build:<image>`. */
export function formRows(kind: string): UsageRow[] {
  const { all, image } = PURPOSES[kind] ?? {};
  return [
    ...(all === undefined ? [] : [[kind, all] as const]),
    ...(image === undefined ? [] : [[`${kind}:<image>`, image] as const]),
  ];
}
