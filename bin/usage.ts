import { UserError } from '../lib/text/user-error.js';
import { flagName } from '../tasks/flags.js';
import type { Command } from './definition.js';

const HELP = [
  ['-h, --help', 'show this'],
  ['    --version', 'show the version of gulp-dockerutils'],
] as const;

/** What `--help` shows. */
export function usageOf({ name, operands, description, flags }: Command): string {
  const own = Object.entries(flags).map(([option, flag]) => {
    const long = `--${flagName(option, flag)}${flag.type === 'boolean' ? '' : ` ${flag.value ?? 'VALUE'}`}`;
    return [flag.short === undefined ? `    ${long}` : `-${flag.short}, ${long}`, flag.description] as const;
  });
  const rows = [...own, ...HELP];
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  const spellings = Object.values(flags).flatMap((flag) => flag.spellings ?? []);
  const others =
    spellings.length > 0 ? `\n\nAlso taken: ${spellings.map((one) => `--${one}`).join(', ')}.` : '';
  return `Usage: ${[name, '[flags]', operands].filter(Boolean).join(' ')}\n\n${description}\n\n${lines.join('\n')}${others}`;
}

/** A command line that makes no sense: exit status 2, as argparse has it. */
export function usageError({ name }: Pick<Command, 'name'>, sentence: string): UserError {
  return new UserError('USAGE', `${sentence.replace(/\.$/, '')}. See ${name} --help.`, { exitStatus: 2 });
}
