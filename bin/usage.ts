import { UserError } from '../lib/text/user-error.js';
import { flagWithValue, renderRows, type UsageRow } from '../tasks/listing/usage.js';
import type { Command } from './definition.js';

const HELP = [
  ['-h, --help', 'show this'],
  ['    --version', 'show the version of gulp-dockerutils'],
] as const;

/**
 * What `--help` shows.
 *
 * @param columns of the terminal
 */
export function usageOf({ name, operands, description, flags }: Command, columns?: number): string {
  const own = Object.entries(flags).map(([option, flag]): UsageRow => {
    const letter = flag.short === undefined ? '    ' : `-${flag.short}, `;
    return [letter + flagWithValue(option, flag), flag.description];
  });
  const lines = renderRows([...own, ...HELP], columns);
  const spellings = Object.values(flags).flatMap((flag) => flag.spellings ?? []);
  const others =
    spellings.length > 0 ? `\n\nAlso taken: ${spellings.map((one) => `--${one}`).join(', ')}.` : '';
  return `Usage: ${[name, '[flags]', operands].filter(Boolean).join(' ')}\n\n${description}\n\n${lines.join('\n')}${others}`;
}

/** A command line that makes no sense: exit status 2, as argparse has it. */
export function usageError({ name }: Pick<Command, 'name'>, sentence: string): UserError {
  return new UserError('USAGE', `${sentence.replace(/\.$/, '')}. See ${name} --help.`, { exitStatus: 2 });
}
