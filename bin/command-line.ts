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
  const reader = new ArgumentReader(command);
  reader.read(argv);
  const { flags, words, asks } = reader;
  try {
    return { options: readOptions<Record<string, string>>(command.flags, flags), words, asks };
  } catch (error) {
    throw usageError(command, error instanceof Error ? error.message : shown(String(error)));
  }
}

/** What word processors and web pages make of one dash, or of two. */
const FOREIGN_DASH = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+/;

class ArgumentReader {
  readonly flags: GivenFlag[] = [];
  readonly words: string[] = [];
  asks: CommandLine['asks'];
  readonly #command: Pick<Command, 'name' | 'flags'>;
  #rest: string[] = [];

  constructor(command: Pick<Command, 'name' | 'flags'>) {
    this.#command = command;
  }

  read(argv: readonly string[]): void {
    this.#rest = [...argv];
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      if (word === '--') this.words.push(...this.#rest.splice(0));
      else if (word.startsWith('--')) this.#long(word);
      else if (/^-./.test(word)) this.#letters(word.slice(1));
      else if (FOREIGN_DASH.test(word)) throw this.#foreignDash(word);
      else this.words.push(word);
    }
  }

  #foreignDash(word: string): Error {
    const meant = word.replace(FOREIGN_DASH, ([dash]) => (dash === '\u2010' ? '-' : '--'));
    return this.#wrong(`${shown(word)} begins with a dash that is not the keyboard's: write ${shown(meant)}`);
  }

  #long(word: string): void {
    const [, name = '', attached] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const [found, ...others] = flagsNamed(this.#command.flags, name);
    if (!found) throw this.#unknown({ name, written: `--${name}` });
    if (others.length > 0)
      throw this.#wrong(
        `--${name} may be ${[found, ...others].map((flag) => `--${flag.name}`).join(' or ')}`,
      );
    this.#take(found, `--${name}`, attached);
  }

  #letters(letters: string): void {
    for (let rest = letters; rest !== '';) {
      const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      rest = rest.slice(letter.length);
      const flag = flagOfLetter(this.#command.flags, letter);
      if (!flag) throw this.#unknown({ name: letter, written: `-${letter}` });
      if (flag.takesValue) {
        this.#take(flag, `-${letter}`, rest === '' ? undefined : rest.replace(/^=/, ''));
        return;
      }
      this.#take(flag, `-${letter}`, undefined);
    }
  }

  #take({ name, takesValue }: Named, written: string, attached: string | undefined): void {
    if (name === 'help' || name === 'version') this.asks ??= name;
    else if (!takesValue || attached !== undefined)
      this.flags.push({ name, written: `--${name}`, value: attached });
    else {
      const next = this.#rest.shift();
      // A blank says that it is a value: -a '--cpus 1'.
      if (next === undefined || (/^-./.test(next) && !next.includes(' ')))
        throw this.#wrong(
          `${written} needs a value: ${written} VALUE, or --${name}=VALUE where it starts with a dash`,
        );
      this.flags.push({ name, written: `--${name}`, value: next });
    }
  }

  #wrong(sentence: string): Error {
    return usageError(this.#command, sentence);
  }

  #unknown(flag: GivenFlag): Error {
    const { name, flags } = this.#command;
    return this.#wrong(refusal(flag, [{ name, kind: kindOf(name), flags }], { kinds: {} }));
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
