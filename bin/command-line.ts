import { type GivenFlag, readOptions } from '../tasks/command-line/given-words.js';
import { refusal } from '../tasks/command-line/refusal.js';
import { type AnyFlagTable, type Flag, flagName, shown } from '../tasks/flags.js';
import type { Command, CommandLine } from './definition.js';
import { usageError } from './usage.js';

interface Named {
  /** On the command line, without dashes. */
  name: string;
  takesValue: boolean;
}

/**
 * Reads words as the original's argparse did: flags before and behind other words, letters joined (`-gnn4`), and long
 * names that may be cut as long as they stay unambiguous (`--use`).
 *
 * @throws {UserError} `USAGE`, with exit status 2
 */
export function parseCommandLine(
  command: Pick<Command, 'name' | 'flags'>,
  argv: readonly string[],
): CommandLine {
  const flags: GivenFlag[] = [];
  const words: string[] = [];
  let asks: CommandLine['asks'];
  const fail = (sentence: string) => usageError(command, sentence);
  const unknown = (flag: GivenFlag) =>
    fail(
      refusal(flag, [{ name: command.name, kind: kindOf(command.name), flags: command.flags }], {
        kinds: {},
      }),
    );
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    const take = ({ name, takesValue }: Named, written: string, attached: string | undefined): void => {
      if (name === 'help' || name === 'version') asks ??= name;
      else if (!takesValue) flags.push({ name, written: `--${name}`, value: attached });
      else if (attached !== undefined) flags.push({ name, written: `--${name}`, value: attached });
      else {
        const next = argv[++at];
        // A blank says that it is a value: -a '--cpus 1'.
        if (next === undefined || (/^-./.test(next) && !next.includes(' ')))
          throw fail(
            `${written} needs a value: ${written} VALUE, or --${name}=VALUE where it starts with a dash`,
          );
        flags.push({ name, written: `--${name}`, value: next });
      }
    };
    if (word === '--') {
      words.push(...argv.slice(at + 1));
      break;
    } else if (word.startsWith('--')) {
      const [, name = '', attached] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const found = flagsNamed(command.flags, name);
      if (found.length > 1)
        throw fail(`--${name} may be ${found.map((flag) => `--${flag.name}`).join(' or ')}`);
      if (!found[0]) throw unknown({ name, written: `--${name}` });
      take(found[0], `--${name}`, attached);
    } else if (/^-./.test(word)) {
      for (let rest = word.slice(1); rest !== '';) {
        const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        rest = rest.slice(letter.length);
        const flag = flagOfLetter(command.flags, letter);
        if (!flag) throw unknown({ name: letter, written: `-${letter}` });
        if (!flag.takesValue) {
          take(flag, `-${letter}`, undefined);
          continue;
        }
        take(flag, `-${letter}`, rest === '' ? undefined : rest.replace(/^=/, ''));
        rest = '';
      }
    } else words.push(word);
  }
  try {
    return { options: readOptions<Record<string, string>>(command.flags, flags), words, asks };
  } catch (error) {
    throw fail(error instanceof Error ? error.message : shown(String(error)));
  }
}

const ALWAYS: readonly (Named & { names: string[] })[] = [
  { name: 'help', takesValue: false, names: ['help'] },
  { name: 'version', takesValue: false, names: ['version'] },
];

/** The flags that a name means: the one of that name, or all that begin so. */
function flagsNamed(table: AnyFlagTable, name: string): Named[] {
  const all = [
    ...Object.entries(table).map(([option, flag]) => ({
      ...namedFlag(option, flag),
      names: [flagName(option, flag), ...(flag.spellings ?? [])],
    })),
    ...ALWAYS,
  ];
  const exact = all.filter(({ names }) => names.includes(name));
  if (exact.length > 0 || name === '') return exact;
  return all.filter(({ names }) => names.some((one) => one.startsWith(name)));
}

function flagOfLetter(table: AnyFlagTable, letter: string): Named | undefined {
  const found = Object.entries(table).find(([, { short }]) => short === letter);
  return found ? namedFlag(...found) : letter === 'h' ? ALWAYS[0] : undefined;
}

function namedFlag(option: string, flag: Flag): Named {
  return { name: flagName(option, flag), takesValue: flag.type !== 'boolean' };
}

/** `build` of `build-image`, which knows docker build's flags. */
function kindOf(command: string): string {
  return command.replace(/-image$/, '');
}
