import { parsePattern, type Pattern } from '../ignore/pattern.js';
import { messageOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';

/** Which files of an image, or of what is built, are wanted. */
export interface Wanted {
  patterns: readonly WantedPattern[];
  /** Whether a file, by its absolute path, is left out all the same. */
  isLeftOut: (path: string) => boolean;
}

export interface WantedPattern {
  /** As it was written. */
  text: string;
  /** Absolute: what there is to look at, a folder or the file itself. */
  place: string;
  /** Absolute: what paths are relative to, as in `gulp.src`. */
  base: string;
  matches: (path: string) => boolean;
}

/**
 * Reads patterns of absolute paths: `*` and `?` within a name, `**` any folders, `[a-z]`; with a `!` in front, what is left out.
 *
 * @throws {UserError} `BAD_OPTION`
 */
export function readWanted(patterns: readonly string[]): Wanted {
  const read = patterns.map(readOne);
  const left = read.filter(({ pattern }) => pattern.exclusion);
  const wanted = read.filter(({ pattern }) => !pattern.exclusion);
  if (wanted.length === 0) throw bad('a pattern of what is wanted is missing, such as "/app/dist/**"');
  return {
    patterns: wanted.map(({ text, pattern }) => ({
      text,
      ...placeOf(pattern.text),
      matches: matcher(pattern),
    })),
    isLeftOut: (path) => left.some(({ pattern }) => matcher(pattern)(path)),
  };
}

function readOne(text: string): { text: string; pattern: Pattern } {
  if (!/^!?\//.test(text))
    throw bad(`${JSON.stringify(text)} is no absolute path: patterns begin with "/", as in "/app/dist/**"`);
  if (/[{}]/.test(text) || /[+@?*!]\(/.test(text.slice(1)))
    throw bad(
      `${JSON.stringify(text)} has "{…}" or "(…)", which mean nothing here: write one pattern for each`,
    );
  try {
    const pattern = parsePattern(text);
    if (pattern) return { text, pattern };
  } catch (error) {
    throw bad(`${JSON.stringify(text)} is no pattern: ${messageOf(error)}`);
  }
  throw bad(`${JSON.stringify(text)} is no pattern`);
}

function matcher(pattern: Pattern): (path: string) => boolean {
  return (path) => pattern.matches(path);
}

/** All in front of the first name that is a pattern. */
function placeOf(text: string): Pick<WantedPattern, 'place' | 'base'> {
  const names = text.split('/').slice(1);
  const first = names.findIndex((name) => /[*?[\\]/.test(name));
  const base = `/${names.slice(0, first === -1 ? -1 : first).join('/')}`;
  return { base, place: first === -1 ? text : base };
}

function bad(sentence: string): UserError {
  return new UserError('BAD_OPTION', `files(): ${sentence}.`);
}
