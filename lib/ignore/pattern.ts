import { trimmed } from '../text/trim.js';
import { cleanPath } from './clean-path.js';
import { linearMatcher } from './linear-match.js';

/**
 * One line of an ignore file, or one path of an instruction, as moby's patternmatcher understands it: `*` and `?` stay
 * within a name, `**` spans any number of folders, `[a-z]` and `\` work as in Go's `filepath.Match`, and a leading `!`
 * takes files back in.
 */
export interface Pattern {
  /** As it was written, cleaned, without the `!`. */
  text: string;
  /** Whether it takes back in what an earlier pattern matched. */
  exclusion: boolean;
  matches(path: string): boolean;
}

/**
 * @param line a pattern, cleaned or not
 * @returns undefined for a blank one
 * @throws {SyntaxError} for one that cannot be read; its message says what is wrong with it
 */
export function parsePattern(line: string): Pattern | undefined {
  let text = trimSpace(line);
  if (text === '') return undefined;
  text = cleanPath(text);
  const exclusion = text.startsWith('!');
  if (exclusion) text = text.slice(1);
  if (text === '') throw new SyntaxError('"!" needs a pattern behind it');
  checkGlob(text);
  return { text, exclusion, matches: compile(text) };
}

/** Trims what Go's `strings.TrimSpace` trims; `String.trim` takes away U+FEFF too and leaves U+0085. */
export function trimSpace(text: string): string {
  return trimmed(text, /[^\S\ufeff]|\u0085/);
}

/** What Go's `filepath.Match` refuses: an open or empty class, a range without an end, a `\` at the end. */
function checkGlob(pattern: string): void {
  const chars = [...pattern];
  for (let at = 0; at < chars.length; at++) {
    if (chars[at] === '[') at = classEnd(chars, at);
    else if (chars[at] === '\\' && ++at === chars.length) {
      throw new SyntaxError('nothing stands behind the last "\\"');
    }
  }
}

function classEnd(chars: readonly string[], open: number): number {
  const broken = () => new SyntaxError('"[" begins a class of characters that does not end well');
  let at = open + 1;
  if (chars[at] === '^') at++;
  const member = () => {
    if (at >= chars.length || chars[at] === '-' || chars[at] === ']') throw broken();
    if (chars[at] === '\\') at++;
    if (at >= chars.length) throw broken();
    at++;
  };
  for (let members = 0; ; members++) {
    if (chars[at] === ']' && members > 0) return at;
    member();
    if (chars[at] === '-') {
      at++;
      member();
    }
    if (at >= chars.length) throw broken();
  }
}

function compile(text: string): (path: string) => boolean {
  if (!/[*?[\]\\]/.test(text)) return (path) => path === text;
  if (/^[^*?[\]\\]*\*\*$/.test(text) && text !== '**') {
    const prefix = text.slice(0, -2);
    return (path) => path.startsWith(prefix);
  }
  if (/^\*\*[^*?[\]\\]*$/.test(text)) {
    const suffix = text.slice(2);
    return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
  }
  const source = fromRe2(toRe2(text));
  // A RegExp needs time to the power of the repetitions, and there is none of any length.
  if (source.split('*').length - 1 > FEW || source.length > LONG) return linearMatcher(source);
  const regexp = new RegExp(`^${source}$`, 'u');
  return (path) => regexp.test(path);
}

const FEW = 2;
const LONG = 1000;

/** moby's own translation, with its quirks: what it does not escape (`^`, a lone `]`, `\\d`) keeps a meaning. */
function toRe2(text: string): string {
  let re2 = '';
  const chars = [...text];
  let at = 0;
  for (let char = chars[at]; char !== undefined; char = chars[++at]) {
    if (char === '*' && chars[at + 1] === '*') {
      at++;
      if (chars[at + 1] === '/') at++;
      re2 += at + 1 >= chars.length ? '.*' : '(.*/)?';
    } else if (char === '*') re2 += '[^/]*';
    else if (char === '?') re2 += '[^/]';
    else if (char === '\\') re2 += '\\' + (chars[++at] ?? '');
    else re2 += '.+()|{}$'.includes(char) ? '\\' + char : char;
  }
  return re2;
}

/** Rewrites a regular expression for JavaScript's stricter unicode syntax. */
function fromRe2(re2: string): string {
  let source = '';
  const chars = [...re2];
  let inClass = false;
  let at = 0;
  for (let char = chars[at]; char !== undefined; char = chars[++at]) {
    if (char === '\\') source += fromEscape(chars[++at] ?? '\\');
    else if (inClass) {
      inClass = char !== ']';
      source += char === '[' ? '\\[' : char;
    } else if (char === '[') {
      inClass = true;
      source += '[';
      if (chars[at + 1] === '^') source += chars[++at];
      if (chars[at + 1] === ']') source += '\\' + chars[++at];
    } else source += char === ']' ? '\\]' : char;
  }
  return source;
}

function fromEscape(char: string): string {
  if (/[a-zA-Z0-9]/.test(char) && !/[dDwWsSbBfnrtv]/.test(char)) {
    throw new SyntaxError(`"\\${char}" means nothing`);
  }
  return /[\^$\\.*+?()[\]{}|/\-a-zA-Z]/.test(char) ? '\\' + char : char;
}
