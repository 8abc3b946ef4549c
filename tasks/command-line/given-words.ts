import { UserError } from '../../lib/text/user-error.js';
import { type AnyFlagTable, type Chosen, flagName, shown, splitHosts } from '../flags.js';
import { gulpRoles, isGulpFlag, NEGATIVE } from './gulp-words.js';

/** A flag of the command line. */
export interface GivenFlag {
  /** Without dashes: `tag`, `e`. */
  name: string;
  /** With them, and without its value. */
  written: string;
  value?: string;
  /** The flag whose value stands before it: `--command` before `-l` in `--command ls -l`. */
  behind?: string;
  /** The word that gulp takes for the value of a flag that nobody knows. */
  swallowed?: string;
}

/** The words after `gulp`, as the tasks read them. */
export interface GivenWords {
  flags: readonly GivenFlag[];
  /** Names of the tasks that gulp runs. */
  tasks: readonly string[];
  /** Flags whose value is missing, told in sentences. */
  incomplete: readonly string[];
  /** Words that gulp takes for values, and that are none, told in sentences. */
  swallowed: readonly string[];
}

/** What a name stands for, here or in the gulpfile: a flag alone, or one with a value. */
export type FlagForms = ReadonlyMap<string, 'alone' | 'value'>;

/** The forms of all flags of some tables. */
export function formsOf(tables: readonly AnyFlagTable[]): FlagForms {
  const entries = tables.flatMap((table) => Object.entries(table));
  return new Map(
    entries.map(([option, flag]) => [flagName(option, flag), flag.type === 'boolean' ? 'alone' : 'value']),
  );
}

/**
 * Tells flags, values and tasks apart, and finds where gulp does so in another way.
 *
 * @param argv the words after `gulp`
 * @param own flags of the gulpfile itself, which take values as gulp has it
 */
export function readWords(
  argv: readonly string[],
  forms: FlagForms,
  own: ReadonlySet<string> = new Set(),
): GivenWords {
  const roles = gulpRoles(argv);
  const flags: GivenFlag[] = [];
  const tasks: string[] = [];
  const incomplete: string[] = [];
  const swallowed: string[] = [];
  let behind: string | undefined;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    const next = argv[at + 1];
    const swallows = roles[at + 1] === 'value';
    if (roles[at] === 'task') {
      tasks.push(word);
      behind = undefined;
      continue;
    }
    if (roles[at] === 'value') {
      swallowed.push(swallowedSentence(word, argv[at - 1]!));
      continue;
    }
    const before = behind;
    behind = undefined;
    if (word === '--') continue;
    const [written, value] = cutValue(word);
    const name = written.replace(/^--?/, '');
    const isLong = written.startsWith('--');
    const form = isLong ? forms.get(name) : undefined;
    if (own.has(name) || own.has(name.replace(/^no-/, '')) || isGulps(written)) {
      if (swallows) at++;
    } else if (form === 'alone') {
      flags.push({ name, written, value });
    } else if (form === 'value' && value !== undefined) {
      flags.push({ name, written, value });
    } else if (form === 'value') {
      if (next === undefined || isFlag(next, forms)) {
        incomplete.push(`${written} needs a value: ${written} VALUE.`);
        continue;
      }
      flags.push({ name, written, value: next });
      behind = written;
      at++;
    } else {
      flags.push({
        name: isLong ? name : unknownLetter(name),
        written: isLong ? written : `-${unknownLetter(name)}`,
        behind: before,
        ...(swallows && { swallowed: next }),
      });
      if (swallows) at++;
    }
  }
  return { flags, tasks, incomplete, swallowed };
}

/**
 * The options of one kind of task.
 *
 * @throws {UserError} `BAD_FLAG` for a value where none belongs, and for one that is given twice
 */
export function readOptions<Options>(
  table: AnyFlagTable,
  given: readonly GivenFlag[],
): Partial<Chosen<Options>> {
  const options: Record<string, unknown> = {};
  for (const [option, flag] of Object.entries(table)) {
    const name = flagName(option, flag);
    const values = given.filter((one) => one.name === name && one.written.startsWith('--'));
    if (values.length === 0) continue;
    const texts = values.map(({ value }) => value ?? 'true');
    if (flag.type === 'list' || flag.type === 'variables') options[option] = texts;
    else if (flag.type === 'hosts') options[option] = splitHosts(texts);
    else {
      const [text = '', ...others] = new Set(texts);
      if (flag.type === 'boolean' && !/^(true|false)$/.test(text))
        throw new UserError('BAD_FLAG', `--${name} takes no value, and was given ${shown(text)}.`);
      if (others.length > 0)
        throw new UserError(
          'BAD_FLAG',
          `--${name} is given more than once, and one counts: leave out the others.`,
        );
      options[option] = flag.type === 'boolean' ? text === 'true' : text;
    }
  }
  return options as Partial<Chosen<Options>>;
}

function cutValue(word: string): [written: string, value?: string] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function isGulps(written: string): boolean {
  const name = written.replace(/^--?/, '');
  return written.startsWith('--') ? isGulpFlag(name) : name !== '' && [...name].every(isGulpFlag);
}

function unknownLetter(letters: string): string {
  return [...letters].find((letter) => !isGulpFlag(letter)) ?? letters;
}

/** Whether a word is the next flag, and not a value that starts like one, such as those of --args. */
function isFlag(word: string, forms: FlagForms): boolean {
  if (/^-[hvfTSL]+$/.test(word)) return true;
  const [, name = ''] = /^--([\w-]+)(?:=|$)/.exec(word) ?? [];
  return !NEGATIVE.test(word) && name !== '' && (forms.has(name) || isGulpFlag(name));
}

export function swallowedSentence(word: string, flag: string): string {
  const [written] = cutValue(flag);
  return (
    `gulp takes ${shown(word)} for the value of ${shown(written)}, and runs no such task: ` +
    `put flags behind the tasks, and a value that starts with a dash behind an equals sign (--flag=-value).`
  );
}
