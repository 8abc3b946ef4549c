import { parseArgs } from 'node:util';
import { didYouMean } from '../lib/text/did-you-mean.js';
import { UserError } from '../lib/text/user-error.js';

export interface Flag {
  /** `list` may be given several times. */
  type: 'boolean' | 'string' | 'list';
  /** What `gulp --tasks` says of it; one without is not listed. */
  description?: string;
  /** Its name on the command line, where that is not the option's in kebab case. */
  name?: string;
}

/** Of every task that may meet a host for the first time. */
export const ACCEPT_NEW: Flag = {
  type: 'boolean',
  description: 'trust and remember hosts whose keys are not known yet',
};

/** `--no-delta`, of every task that sends an image. */
export const NO_DELTA: Flag = {
  type: 'boolean',
  description: 'send layers whole, even where most of their files are there',
};

/** The flags of one kind of task, by the name of the option that they set: `noCache` is `--no-cache`. */
export type FlagTable<Options> = { readonly [Name in keyof Required<Options>]: Flag };

/** `{ '--no-cache': 'build every step again' }`: what `gulp --tasks` shows under a task. */
export function describeFlags(table: Record<string, Flag>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([option, flag]) =>
      flag.description === undefined ? [] : [[`--${flagName(option, flag)}`, flag.description]],
    ),
  );
}

/**
 * Reads the options of one kind of task from a command line that several tasks, gulp itself and the gulpfile share.
 *
 * @param argv the words after `gulp`
 * @param known every flag that any task here takes: a flag close to one of them, but none of them, is a slip
 * @throws {UserError} on a slip, a missing value, or a value where none belongs
 */
export function readFlags<Options>(
  table: FlagTable<Options>,
  argv: readonly string[],
  known: Record<string, Flag>,
): Partial<Options> {
  const byName = new Map(Object.entries(known).map(([option, flag]) => [flagName(option, flag), flag]));
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      [...byName].map(([name, { type }]) => [
        name,
        { type: type === 'boolean' ? 'boolean' : 'string', multiple: true },
      ]),
    ),
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !token.rawName.startsWith('--')) continue;
    const { name, value } = token;
    const flag = byName.get(name);
    if (!flag) {
      refuseSlip(name, byName.keys());
    } else if (flag.type === 'boolean') {
      if (value !== undefined && value !== 'true' && value !== 'false')
        throw new UserError('BAD_FLAG', `--${name} takes no value, and was given "${value}".`);
      given.set(name, [value ?? 'true']);
    } else {
      if (value === undefined || (!token.inlineValue && isFlag(value, byName)))
        throw new UserError('BAD_FLAG', `--${name} needs a value: --${name} VALUE.`);
      given.set(name, [...(given.get(name) ?? []), value]);
    }
  }
  const options: Record<string, unknown> = {};
  for (const [option, flag] of Object.entries<Flag>(table)) {
    const values = given.get(flagName(option, flag));
    if (!values) continue;
    if (flag.type === 'list') options[option] = values;
    else options[option] = flag.type === 'boolean' ? values.at(-1) === 'true' : values.at(-1);
  }
  return options as Partial<Options>;
}

/** Whether a word is the next flag, and not a value that starts like one, such as those of --args. */
function isFlag(word: string, known: ReadonlyMap<string, Flag>): boolean {
  const [, name = ''] = /^--([\w-]+)/.exec(word) ?? [];
  return !/\s/.test(word) && (known.has(name) || GULP_FLAGS.has(name));
}

/** gulp's own flags, and those that start like ours but are a gulpfile's business, are not slips. */
const GULP_FLAGS = new Set(
  (
    'help version preload require gulpfile cwd verify tasks tasks-simple tasks-json tasks-depth depth ' +
    'compact-tasks sort-tasks color no-color silent continue series log-level completion'
  ).split(' '),
);

function refuseSlip(name: string, known: Iterable<string>): void {
  if (GULP_FLAGS.has(name) || name.length < 3) return;
  const hint = didYouMean(name, known);
  if (hint) throw new UserError('UNKNOWN_FLAG', `There is no flag --${name}${hint.replace('"', '"--')}.`);
}

function flagName(option: string, { name }: Flag): string {
  return name ?? option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
