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
  /** If the flag is unknown: the word after it, which gulp takes for its value. */
  swallowed?: string;
}

/** The words after `gulp`, as the tasks read them. */
export interface GivenWords {
  flags: readonly GivenFlag[];
  /** Names of the tasks that gulp runs. */
  tasks: readonly string[];
  /** Sentences about flags whose value is missing. */
  incomplete: readonly string[];
  /** Sentences about words that gulp takes for the values of flags, and that are meant as something else. */
  swallowed: readonly string[];
}

/** What a name stands for, here or in the gulpfile: a flag alone, one with a value, or the one or the other by the task. */
export type FlagForms = ReadonlyMap<string, 'alone' | 'value' | 'either'>;

/** The forms of all flags of some tables. */
export function formsOf(tables: readonly AnyFlagTable[]): FlagForms {
  const forms = new Map<string, 'alone' | 'value' | 'either'>();
  for (const [option, flag] of tables.flatMap((table) => Object.entries(table))) {
    const name = flagName(option, flag);
    const form = flag.type === 'boolean' ? 'alone' : 'value';
    forms.set(name, (forms.get(name) ?? form) === form ? form : 'either');
  }
  return forms;
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
  let taken: number | undefined;
  for (const [at, word] of argv.entries()) {
    if (at === taken) continue;
    const role = roles[at];
    if (role === 'task') tasks.push(word);
    if (role === 'value') swallowed.push(swallowedSentence(word, argv[at - 1] ?? ''));
    else if (role === 'task' || word === '--') behind = undefined;
    else {
      const swallows = roles[at + 1] === 'value';
      const read = readFlag(word, { forms, own, next: argv[at + 1], swallows, behind });
      if (read.flag) flags.push(read.flag);
      if (read.incomplete !== undefined) incomplete.push(read.incomplete);
      behind = read.behind;
      if (read.takesNext) taken = at + 1;
    }
  }
  return { flags, tasks, incomplete, swallowed };
}

/** What stands around the word of a flag. */
interface FlagContext {
  forms: FlagForms;
  own: ReadonlySet<string>;
  next: string | undefined;
  /** Whether gulp takes the next word for its value. */
  swallows: boolean;
  /** The flag whose value stands before it. */
  behind: string | undefined;
}

interface ReadFlag {
  /** Unless it is gulp's or the gulpfile's, or incomplete. */
  flag?: GivenFlag;
  incomplete?: string;
  /** Whether the next word is its value. */
  takesNext: boolean;
  /** What the next word stands behind. */
  behind?: string;
}

function readFlag(word: string, { forms, own, next, swallows, behind }: FlagContext): ReadFlag {
  const [written, value] = cutValue(word);
  const name = written.replace(/^--?/, '');
  const isLong = written.startsWith('--');
  if (own.has(name) || own.has(name.replace(/^no-/, '')) || isGulps(written)) return { takesNext: swallows };
  const form = isLong ? forms.get(name) : undefined;
  if (form === undefined) {
    const known = isLong
      ? { name, written }
      : { name: unknownLetter(name), written: `-${unknownLetter(name)}` };
    return { flag: { ...known, behind, ...(swallows && { swallowed: next }) }, takesNext: swallows };
  }
  if (value !== undefined || isAlone(form, swallows))
    return { flag: { name, written, value }, takesNext: false };
  if (next === undefined || isFlag(next, forms))
    return { incomplete: missingValue(written), takesNext: false };
  return { flag: { name, written, value: next }, takesNext: true, behind: written };
}

/** Of a flag with two forms: gulp takes the word behind it for its value, and runs no task of that name. */
function isAlone(form: 'alone' | 'value' | 'either', swallows: boolean): boolean {
  return form === 'alone' || (form === 'either' && !swallows);
}

/**
 * The options of one kind of task.
 *
 * @throws {UserError} `BAD_FLAG` for a value where none belongs, for one that is missing, and for one that is given twice
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
    const texts = values.map(({ value, written }) => value ?? valueWithout(flag.type, written));
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

/** What a flag says that stands without a value. */
function valueWithout(type: AnyFlagTable[string]['type'], written: string): string {
  if (type === 'boolean') return 'true';
  throw new UserError('BAD_FLAG', missingValue(written));
}

function missingValue(written: string): string {
  return `${written} needs a value: ${written} VALUE.`;
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
