/** What gulp takes a word for: a task to run, a flag, or the value of the flag before it. */
export type Role = 'task' | 'flag' | 'value';

const SWITCHES = new Set(
  (
    'help version tasks tasks-simple compact-tasks sort-tasks color no-color silent continue series ' +
    'log-level verify h v T S L'
  ).split(' '),
);
/** gulp-cli says so itself where their value is missing. */
const NEEDS_VALUE = new Set('preload gulpfile cwd tasks-depth depth f'.split(' '));
const MAY_HAVE_VALUE = new Set('require tasks-json completion'.split(' '));

/** Whether a flag, by its name without dashes, is gulp's own: `cwd`, `tasksJson`, `S`. */
export function isGulpFlag(name: string): boolean {
  const own = kebabCase(name);
  if (NEEDS_VALUE.has(own) || MAY_HAVE_VALUE.has(own)) return true;
  return SWITCHES.has(own) || (own.startsWith('no-') && SWITCHES.has(own.slice(3)));
}

/**
 * How gulp-cli reads its words, by the rules of its yargs-parser 20: a flag that it does not know takes the next
 * word for its value, so that `gulp --pull build` runs no `build`.
 *
 * @param argv the words after `gulp`
 */
export function gulpRoles(argv: readonly string[]): Role[] {
  const roles: Role[] = [];
  while (roles.length < argv.length) {
    const word = argv[roles.length] ?? '';
    const next = argv[roles.length + 1];
    if (word === '--') {
      roles.push('flag', ...argv.slice(roles.length + 1).map((): Role => 'task'));
    } else if (!/^-/.test(word) || /^-{3,}(=|$)/.test(word) || word === '-' || NEGATIVE.test(word)) {
      roles.push('task');
    } else {
      roles.push('flag');
      if (next !== undefined && takesNext(word, next)) roles.push('value');
    }
  }
  return roles;
}

/** Whether a word is a negative number, which is no flag. */
export const NEGATIVE = /^-([0-9]+(\.[0-9]+)?|\.[0-9]+)$/;

function takesNext(word: string, next: string): boolean {
  if (/^--.+=/.test(word) || /^--no-.+/.test(word)) return false;
  return word.startsWith('--') ? nameTakesNext(word.slice(2), next) : lettersTakeNext(word, next);
}

function nameTakesNext(name: string, next: string): boolean {
  if (NEEDS_VALUE.has(kebabCase(name))) return isNeededValue(next);
  const isValue = !next.startsWith('-') || NEGATIVE.test(next);
  return (isValue && !isSwitch(name)) || isTruth(next);
}

function lettersTakeNext(word: string, next: string): boolean {
  if (/^-.\..+=/.test(word)) return false;
  if (/^-.\..+/.test(word)) return !next.startsWith('-');
  const letters = word.slice(1);
  if (hasAttachedValue(letters)) return false;
  const last = letters.slice(-1);
  if (last === '-') return false;
  if (NEEDS_VALUE.has(last)) return isNeededValue(next);
  const isValue = !/^(-|--)[^-]/.test(next) || NEGATIVE.test(next);
  return (isValue && !isSwitch(last)) || isTruth(next);
}

function isTruth(word: string): boolean {
  return /^(true|false)$/.test(word);
}

function isNeededValue(next: string): boolean {
  return !/^-[^0-9]/.test(next) || NEGATIVE.test(next);
}

/** Whether a letter of a bundle has the rest of the word for its value: `-n5`, `-x=3`, `-v /a:/b`. */
function hasAttachedValue(letters: string): boolean {
  // yargs-parser looks at all letters but the last one.
  const looked = letters.slice(0, -1);
  for (let at = 0; at < looked.length; at++) {
    const rest = letters.slice(at + 1);
    const next = looked.charAt(at + 1);
    if (next === '=') return true;
    if (rest === '-') continue;
    if (/[A-Za-z]/.test(looked.charAt(at)) && /^-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return true;
    if (/^\W/.test(next)) return true;
  }
  return false;
}

function isSwitch(name: string): boolean {
  return SWITCHES.has(kebabCase(name));
}

function kebabCase(name: string): string {
  return name.length < 2 ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
