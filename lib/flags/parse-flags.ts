import { didYouMean } from '../text/did-you-mean.js';
import { FlagError, ValueError } from '../text/flag-error.js';
import { quoted } from '../text/quoted.js';
import { maskQuoted, maskSecrets } from '../text/secrets.js';
import { toWord, type Word } from '../text/word.js';
import type { Flag, FlagTable, ValueOf } from './flag-table.js';

export interface FlagSyntax<T extends FlagTable> {
  flags: T;
  /** Other names of flags, which `--help` does not show: `{ net: 'network' }`. */
  aliases?: Readonly<Record<string, keyof T & string>>;
  /** Whether flags may follow the first operand, as in `docker build . --pull`; `docker run` ends them there. */
  interspersed: boolean;
}

/** One flag as it was given. */
export interface Occurrence<T> {
  value: T;
  /** The value as it was written, or what the flag alone stands for. */
  text: string;
  /** The word that the value stands in, for messages. */
  word: Word;
}

/** What was given of the flags of a command, in the order of the words. */
export class GivenFlags<T extends FlagTable> {
  readonly #given = new Map<string, Occurrence<unknown>[]>();

  add(name: string, occurrence: Occurrence<unknown>): void {
    const before = this.#given.get(name);
    if (before) before.push(occurrence);
    else this.#given.set(name, [occurrence]);
  }

  /** Every occurrence of every flag; those of one flag together, in their order. */
  *each(): Generator<[name: string, occurrence: Occurrence<unknown>]> {
    for (const [name, given] of this.#given) for (const occurrence of given) yield [name, occurrence];
  }

  has(name: keyof T & string): boolean {
    return this.#given.has(name);
  }

  /** Every occurrence of a flag that may be repeated. */
  all<N extends keyof T & string>(name: N): readonly Occurrence<ValueOf<T[N]>>[] {
    return (this.#given.get(name) ?? []) as Occurrence<ValueOf<T[N]>>[];
  }

  /** The values of a flag that may be repeated. */
  values<N extends keyof T & string>(name: N): ValueOf<T[N]>[] {
    return this.all(name).map(({ value }) => value);
  }

  /** The value of a flag of which the last one counts. */
  last<N extends keyof T & string>(name: N): ValueOf<T[N]> | undefined {
    return this.all(name).at(-1)?.value;
  }

  /** The word that the last value of a flag stands in. */
  word(name: keyof T & string): Word | undefined {
    return this.all(name).at(-1)?.word;
  }
}

export interface ParsedFlags<T extends FlagTable> {
  flags: GivenFlags<T>;
  /** The words that are neither flags nor their values, such as an image and its command. */
  operands: readonly Word[];
}

/**
 * Tells flags, their values and operands apart by the rules of docker's own parser (spf13/pflag): `--flag v`,
 * `--flag=v`, `-f v`, `-fv`, `-f=v`, bundles (`-itp 80:80`), booleans that take a value only after `=`, and `--`.
 * @throws {FlagError} `BAD_VALUE`, `MISSING_VALUE`, `UNKNOWN_FLAG` for the first word that the command does not take.
 */
export function parseFlags<T extends FlagTable>(
  syntax: FlagSyntax<T>,
  words: readonly (string | Word)[],
): ParsedFlags<T> {
  const reader = new WordReader(syntax);
  reader.read(words.map(toWord));
  return { flags: reader.flags, operands: reader.operands };
}

class WordReader<T extends FlagTable> {
  readonly flags = new GivenFlags<T>();
  readonly operands: Word[] = [];
  #rest: readonly Word[] = [];
  #next = 0;

  constructor(readonly syntax: FlagSyntax<T>) {}

  read(words: readonly Word[]): void {
    this.#rest = words;
    for (let word = this.#take(); word; word = this.#take()) {
      if (word.text === '--') return this.#takeOperands();
      if (word.text.startsWith('--')) this.#long(word);
      else if (word.text.startsWith('-') && word.text !== '-') this.#bundle(word);
      else {
        this.operands.push(word);
        if (!this.syntax.interspersed) return this.#takeOperands();
      }
    }
  }

  #take(): Word | undefined {
    return this.#rest[this.#next++];
  }

  #takeOperands(): void {
    for (let word = this.#take(); word; word = this.#take()) this.operands.push(word);
  }

  #long(word: Word): void {
    const [, name = '', attached] = /^--([^=]*)(?:=(.*))?$/s.exec(word.text) ?? [];
    if (name === '' || name.startsWith('-')) {
      throw new FlagError('UNKNOWN_FLAG', `bad flag syntax: ${maskSecrets(word.text)}`, word);
    }
    const flag = this.#flag(this.syntax.aliases?.[name] ?? name);
    if (!flag) {
      const hint = didYouMean(name, Object.keys(this.syntax.flags));
      throw new FlagError('UNKNOWN_FLAG', `unknown flag: --${name}${hint}`, word);
    }
    if (attached !== undefined) this.#set(name, flag, attached, word);
    else if (flag.alone !== undefined) this.#set(name, flag, flag.alone, word);
    else this.#setFromNext(name, flag, `flag needs an argument: --${name}`, word);
  }

  #bundle(word: Word): void {
    for (let letters = word.text.slice(1); letters !== '';) {
      const letter = String.fromCodePoint(letters.codePointAt(0) ?? 0);
      const rest = letters.slice(letter.length);
      const name = this.#nameOf(letter);
      const flag = name === undefined ? undefined : this.#flag(name);
      if (name === undefined || !flag) {
        const sentence = `unknown shorthand flag: '${letter}' in -${maskSecrets(letters)}`;
        throw new FlagError('UNKNOWN_FLAG', sentence, word);
      }
      if (rest.length > 1 && rest.startsWith('=')) return this.#set(name, flag, rest.slice(1), word);
      if (flag.alone === undefined) {
        if (rest !== '') return this.#set(name, flag, rest, word);
        return this.#setFromNext(name, flag, `flag needs an argument: '${letter}' in -${letters}`, word);
      }
      this.#set(name, flag, flag.alone, word);
      letters = rest;
    }
  }

  #flag(name: string): Flag<unknown> | undefined {
    return Object.hasOwn(this.syntax.flags, name) ? this.syntax.flags[name] : undefined;
  }

  #nameOf(letter: string): string | undefined {
    return Object.keys(this.syntax.flags).find((name) => this.syntax.flags[name]?.short === letter);
  }

  #setFromNext(name: string, flag: Flag<unknown>, sentence: string, word: Word): void {
    const next = this.#take();
    if (!next) throw new FlagError('MISSING_VALUE', sentence, word);
    this.#set(name, flag, next.text, next);
  }

  #set(name: string, flag: Flag<unknown>, text: string, word: Word): void {
    const known = this.syntax.aliases?.[name] ?? name;
    try {
      this.flags.add(known, { value: flag.read(text), text, word });
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const shown = flag.short ? `-${flag.short}, --${name}` : `--${name}`;
      const masked = maskSecrets(text);
      const reason = maskQuoted(text === '' ? error.message : error.message.replaceAll(text, masked));
      const sentence = `invalid argument ${quoted(masked)} for ${quoted(shown)} flag: ${reason}`;
      throw new FlagError('BAD_VALUE', sentence, word);
    }
  }
}
