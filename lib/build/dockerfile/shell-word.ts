import { removePrefix, removeSuffix, replacePattern } from './shell-pattern.js';

export interface ShellOptions {
  /** The character that takes the meaning from the next one: `\` unless the file says otherwise. */
  escape?: string;
  /** Quotes, escapes and variables without a value stay as they are written. */
  raw?: boolean;
  /** Variables without a value stay as they are written. */
  keepUnset?: boolean;
  /** Hears of each `${NAME:-word}`. */
  onDefault?: (name: string, word: string) => void;
}

/** Deepest nesting of `${…}`; more would overflow the stack. */
const DEEPEST = 200;

export type Variables = ReadonlyMap<string, string>;

/**
 * One word of a Dockerfile, with its quotes removed and its variables replaced as BuildKit's shell lexer does: `$NAME`,
 * `${NAME}` and `${NAME}` with `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//`.
 *
 * @throws {SyntaxError} where it is none; the message is a sentence
 */
export function expandWord(text: string, variables: Variables, options: ShellOptions = {}): string {
  return join(new ShellText(text, variables, options).pieces());
}

/** Expands a whole line, and splits it at blanks that are neither quoted nor escaped. */
export function expandWords(text: string, variables: Variables, options: ShellOptions = {}): string[] {
  const words = [''];
  for (const { text: part, literal } of new ShellText(text, variables, options).pieces()) {
    const [first = '', ...more] = literal ? [part] : part.split(/\s/);
    words.push(words.pop() + first, ...more);
  }
  return words.filter((word) => word !== '');
}

/** A stretch of text; blanks in a literal one end no word. */
interface Piece {
  text: string;
  literal: boolean;
}

class ShellText {
  readonly #variables: Variables;
  readonly #options: ShellOptions;
  readonly #chars: string[];
  #at = 0;
  #depth = 0;
  readonly #escape: string;

  constructor(text: string, variables: Variables, options: ShellOptions) {
    this.#variables = variables;
    this.#options = options;
    this.#chars = [...text];
    this.#escape = options.escape ?? '\\';
  }

  /**
   * What comes up to the end, or to the character that ends a part of `${…}`.
   * @param raw whether escapes stay as they are written
   */
  pieces(end?: string, raw = this.#options.raw ?? false): Piece[] {
    const pieces: Piece[] = [];
    const add = (text: string, literal: boolean) => pieces.push({ text, literal });
    for (let char = this.#next(); char !== undefined; char = this.#next()) {
      if (char === end) return pieces;
      if (char === '$') add(this.#variable(), false);
      else if (char === "'") add(this.#singleQuoted(), true);
      else if (char === '"') add(this.#doubleQuoted(raw), true);
      else if (char === '<') add(this.#lessThan(), true);
      else if (char === this.#escape) add((raw ? char : '') + (this.#next() ?? ''), true);
      else add(char, false);
    }
    if (end !== undefined) throw new SyntaxError(`a "${end}" is missing in \${…}`);
    return pieces;
  }

  #next(): string | undefined {
    return this.#chars[this.#at++];
  }

  get #upcoming(): string | undefined {
    return this.#chars[this.#at];
  }

  #singleQuoted(): string {
    const close = this.#chars.indexOf("'", this.#at);
    if (close < 0) throw new SyntaxError('a single quote is not closed');
    const text = this.#chars.slice(this.#at, close).join('');
    this.#at = close + 1;
    return this.#quoted("'", text);
  }

  #doubleQuoted(raw: boolean): string {
    let text = '';
    for (let char = this.#next(); char !== '"'; char = this.#next()) {
      if (char === undefined) throw new SyntaxError('a double quote is not closed');
      if (char === '$') text += this.#variable();
      else if (char !== this.#escape) text += char;
      else text += this.#escapedInQuotes(raw);
    }
    return this.#quoted('"', text);
  }

  /** Within quotes an escape that means nothing stands for itself. */
  #escapedInQuotes(raw: boolean): string {
    const kept = raw ? this.#escape : '';
    if (this.#upcoming === undefined) return kept;
    return kept + (['"', '$', this.#escape].includes(this.#upcoming) ? this.#next() : this.#escape);
  }

  #quoted(quote: string, text: string): string {
    return this.#options.raw ? quote + text + quote : text;
  }

  /** `<< NAME` of a heredoc is one word. */
  #lessThan(): string {
    if (this.#upcoming !== '<') return '<';
    let text = '<' + this.#next();
    while (this.#upcoming !== undefined && /[\t\r ]/.test(this.#upcoming)) text += this.#next();
    return text;
  }

  #variable(): string {
    if (this.#upcoming !== '{') {
      const name = this.#name();
      return name === '' ? '$' : this.#valueOf(name, `$${name}`);
    }
    this.#next();
    if (this.#upcoming === undefined) throw new SyntaxError('"}" is missing behind "${"');
    if (/[{}:]/.test(this.#upcoming)) throw new SyntaxError('"${" without a name');
    const name = this.#name();
    let operator = this.#next() ?? '';
    if (operator === '}') return this.#valueOf(name, `\${${name}}`);
    if (operator === '/') return this.#replaced(name);
    if (operator === ':') operator += this.#next() ?? '';
    if (!/^(?::?[-+?]|[#%])$/.test(operator))
      throw new SyntaxError(`\${${name}${operator}…} is no form of a variable`);
    const word = this.#part('}', operator === '#' || operator === '%');
    if (this.#keepsUnset && !this.#variables.has(name)) return `\${${name}${operator}${word}}`;
    return this.#modified(name, operator, word);
  }

  #modified(name: string, operator: string, word: string): string {
    const value = this.#variables.get(name) ?? '';
    const isSet = operator.startsWith(':') ? value !== '' : this.#variables.has(name);
    switch (operator.at(-1)) {
      case '-':
        this.#options.onDefault?.(name, word);
        return isSet ? value : word;
      case '+':
        return isSet ? word : '';
      case '?':
        if (!isSet) throw new SyntaxError(`${name} has no value${word === '' ? '' : `: ${word}`}`);
        return value;
      default: {
        const longest = word.startsWith(operator);
        const remove = operator === '#' ? removePrefix : removeSuffix;
        return remove(value, longest ? word.slice(1) : word, longest);
      }
    }
  }

  #replaced(name: string): string {
    const all = this.#upcoming === '/';
    if (all) this.#next();
    const pattern = this.#part('/', true);
    const replacement = this.#part('}', true);
    if (this.#keepsUnset && !this.#variables.has(name)) return `\${${name}/${pattern}/${replacement}}`;
    return replacePattern(this.#variables.get(name) ?? '', pattern, replacement, all);
  }

  /** A part of `${…}`, up to its end. */
  #part(end: string, raw: boolean): string {
    if (++this.#depth > DEEPEST) throw new SyntaxError(`\${…} stand in one another over ${DEEPEST} deep`);
    const text = join(this.pieces(end, raw));
    this.#depth--;
    return text;
  }

  /** Letters, digits and `_`; else a number, or one of the shell's special parameters. */
  #name(): string {
    const first = this.#upcoming ?? '';
    if (/^[@*#?\-$!]$/.test(first)) return this.#next() ?? '';
    const part = /^\p{Nd}$/u.test(first) ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}_]$/u;
    let name = '';
    for (; part.test(this.#upcoming ?? ''); this.#at++) name += this.#upcoming;
    return name;
  }

  #valueOf(name: string, written: string): string {
    const value = this.#variables.get(name);
    return value ?? (this.#keepsUnset ? written : '');
  }

  get #keepsUnset(): boolean {
    return (this.#options.keepUnset ?? false) || (this.#options.raw ?? false);
  }
}

function join(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
