import { parseArgs, type ParseArgsConfig } from 'node:util';
import { requireNode } from '../lib/text/node-version.js';
import { UserError } from '../lib/text/user-error.js';
import { untilSettled } from '../tasks/until-settled.js';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;
type Values<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true }>
>['values'];

export interface Command<Options extends OptionsConfig> {
  /** Shown for `--help`, and after a command line that makes no sense. */
  usage: string;
  options: Options;
  /** Makes the task of a command line; undefined when its positional words make no sense. */
  task: (values: Values<Options>, words: string[]) => (() => Promise<void>) | undefined;
}

/**
 * Runs one of the original command names: its flags in, the same task as in gulp carried out, its exit status passed
 * on. Every failure that a user can cause is one sentence on standard error.
 */
export async function runCommand<Options extends OptionsConfig>(command: Command<Options>): Promise<void> {
  try {
    requireNode();
    const task = parse(command);
    if (task) await untilSettled(task());
  } catch (error) {
    console.error(error);
    process.exitCode = error instanceof UserError ? error.exitStatus : 1;
  }
}

function parse<Options extends OptionsConfig>({
  usage,
  options,
  task,
}: Command<Options>): (() => Promise<void>) | undefined {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    console.log(usage);
    return undefined;
  }
  let parsed;
  try {
    parsed = parseArgs({
      args: withFlagValues(process.argv.slice(2), options),
      options,
      allowPositionals: true,
    });
  } catch (error) {
    throw new UserError('USAGE', `${(error as Error).message}\n${usage}`, { exitStatus: 2 });
  }
  const made = task(parsed.values, parsed.positionals);
  if (!made) throw new UserError('USAGE', usage, { exitStatus: 2 });
  return made;
}

/**
 * Joins an option and a value that is itself made of flags, which parseArgs takes for a slip: `-a '--cpus 1'`. As with the
 * original's argparse, a blank in it says that it is a value.
 */
function withFlagValues(words: readonly string[], options: OptionsConfig): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1) ?? '';
    const [name] =
      Object.entries(options).find(
        ([long, { type, short }]) => type === 'string' && (before === `--${long}` || before === `-${short}`),
      ) ?? [];
    if (name !== undefined && word.startsWith('-') && word.includes(' '))
      joined.splice(-1, 1, `--${name}=${word}`);
    else joined.push(word);
  }
  return joined;
}
