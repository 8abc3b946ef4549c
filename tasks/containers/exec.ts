import { checkImage } from '../../lib/project/index.js';
import { splitWords, WordError } from '../../lib/text/shell-words.js';
import { UserError } from '../../lib/text/user-error.js';
import { type TaskContext, withMeans } from '../context.js';
import { defineTask, type TaskRun } from '../define-task.js';
import type { FlagTable } from '../flags.js';
import { throwFailure, warnOfShell } from '../run.js';
import type { Task } from '../task.js';
import { containerPlace, ON_CONTAINER, type OnContainerOptions } from './on-container.js';

export interface ShellOptions extends OnContainerOptions {
  /** User within the container, `name` or `uid:gid`. Default: the container's own. */
  user?: string;
}

export interface ExecOptions extends ShellOptions {
  /** The command, a shell's words. Default: none, which is refused. */
  command?: string;
}

export const SHELL_FLAGS: FlagTable<ShellOptions> = {
  user: { type: 'string', alike: ['u'], value: 'USER', description: 'user within the container' },
  ...ON_CONTAINER,
};

export const EXEC_FLAGS: FlagTable<ExecOptions> = {
  command: {
    type: 'string',
    alike: ['cmd'],
    value: 'CMD',
    description: 'command to run in the container',
  },
  ...SHELL_FLAGS,
};

/** bash where there is one, else sh. */
const SHELL = ['sh', '-c', 'if command -v bash >/dev/null; then exec bash; else exec sh; fi'];

/**
 * Runs a command in the container of an image that runs already; its exit status becomes the process's.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function exec(context: TaskContext, name: string, options: ExecOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'exec',
    name: `exec:${name}`,
    description: `Runs a command in ${name}, which runs already`,
    flags: EXEC_FLAGS,
    options,
    async work({ command, ...choices }, run) {
      if (command === undefined || command.trim() === '')
        throw new UserError(
          'BAD_OPTION',
          `exec:${name} wants a command: --command "…"; shell:${name} opens a shell.`,
        );
      warnOfShell(command, run.report);
      await runIn(context, name, { ...choices, words: wordsOf(command) }, run);
    },
  });
}

/**
 * Opens a shell in the container of an image that runs already: bash where it has one, else sh.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function shell(context: TaskContext, name: string, options: ShellOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'shell',
    name: `shell:${name}`,
    description: `Opens a shell in ${name}, which runs already`,
    flags: SHELL_FLAGS,
    options,
    work: (choices, run) => runIn(context, name, { ...choices, words: SHELL }, run),
  });
}

async function runIn(
  context: TaskContext,
  name: string,
  { dryRun, host, acceptNew, user, words }: ShellOptions & { words: readonly string[] },
  { report, signal }: TaskRun,
): Promise<void> {
  const { chooseContainer, execIn, hasTerminal, listingWords } =
    await import('../../lib/services/running/index.js');
  const { address, group, docker, usualName } = await containerPlace(context, { host });
  const flags = [hasTerminal(process) ? '-it' : '-i', ...(user === undefined ? [] : ['-u', user])];
  const line = (container: string) => docker('exec', ...flags, container, ...words);
  if (dryRun) {
    report.command(docker(...listingWords(group, name)));
    report.command(line(usualName(name)));
    return;
  }
  await withMeans(context, address, { report, signal, acceptNew }, async (means) => {
    const container = await chooseContainer(means, { group, section: name });
    report.command(line(container.name));
    const exitStatus = await execIn(container, { command: words, user }, { ...means, streams: process });
    throwFailure(`The command in ${name}`, exitStatus);
  });
}

function wordsOf(command: string): string[] {
  try {
    return splitWords([{ text: command, line: 1 }]).map(({ text }) => text);
  } catch (error) {
    if (!(error instanceof WordError)) throw error;
    throw new UserError('BAD_OPTION', `--command: ${error.message}: ${command}`);
  }
}
