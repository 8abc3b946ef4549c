import { didYouMean } from '../lib/text/did-you-mean.js';
import { UserError } from '../lib/text/user-error.js';
import { type AnyFlagTable, type Chosen, type Flag, flagName, type FlagTable, splitHosts } from './flags.js';

/**
 * The options that a gulpfile gives to a task, in one form: a list where one string stands for it, `NAME=value` for an
 * object of variables. What is undefined is not given.
 *
 * @param task for messages: `build:app`
 * @throws {UserError} `BAD_OPTION` for a name or a value that the task does not take
 */
export function checkOptions<Options>(
  task: string,
  table: FlagTable<Options>,
  options: unknown,
): Partial<Chosen<Options>> {
  const example = 'options are an object, such as { dryRun: true }';
  if (!isPlainObject(options)) throw bad(task, `${example}, and not ${kindOf(options)}`);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const flags: AnyFlagTable = table;
  const checked = given.map(([name, value]): [string, unknown] => {
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag) throw bad(task, `there is no option ${JSON.stringify(name)}${nearest(name, flags)}`);
    const complain: Complain = (wanted, found = kindOf(value)) =>
      bad(task, `option ${name} is ${wanted}, and not ${found}`);
    return [name, CHECKS[flag.type](value, complain)];
  });
  return Object.fromEntries(checked) as Partial<Chosen<Options>>;
}

/** ` (did you mean "command"?)`, also for what the option is called in run.cfg or in docker, or all there are. */
export function nearest(name: string, flags: AnyFlagTable): string {
  const plain = (text: string) => text.replace(/[-_]/g, '').toLowerCase();
  const named = Object.entries(flags).find(([option, flag]) =>
    [option, flagName(option, flag), ...(flag.spellings ?? []), ...(flag.alike ?? [])].some(
      (one) => plain(one) === plain(name),
    ),
  );
  if (named) return ` (did you mean "${named[0]}"?)`;
  return didYouMean(name, Object.keys(flags)) || `: there are ${Object.keys(flags).join(', ')}`;
}

type Complain = (wanted: string, found?: string) => UserError;

const CHECKS: Readonly<Record<Flag['type'], (value: unknown, complain: Complain) => unknown>> = {
  boolean(value, complain) {
    if (typeof value !== 'boolean') throw complain('true or false');
    return value;
  },
  string(value, complain) {
    if (typeof value !== 'string') throw complain('a string');
    return value;
  },
  object(value, complain) {
    if (!isPlainObject(value)) throw complain('an object');
    return value;
  },
  list: checkList,
  hosts: (value, complain) => splitHosts(checkList(value, complain)),
  variables(value, complain) {
    const wanted = 'NAME=value, a list of such, or an object of strings';
    if (!isPlainObject(value)) return checkList(value, () => complain(wanted));
    return Object.entries(value).map(([name, content]) => {
      if (!['string', 'number', 'boolean'].includes(typeof content))
        throw complain(wanted, `an object in which ${JSON.stringify(name)} is ${kindOf(content)}`);
      return `${name}=${String(content)}`;
    });
  },
};

function checkList(value: unknown, complain: Complain): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return [...value];
  throw complain('a string or a list of strings');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function bad(task: string, sentence: string): UserError {
  return new UserError('BAD_OPTION', `${task}: ${sentence}.`);
}
