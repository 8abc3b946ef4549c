import { didYouMean } from '../../text/did-you-mean.js';
import { lineAt, type LinedText, textOf } from '../../text/lined-text.js';
import { isListOf, isText } from '../../text/record.js';
import { type LinedWord, splitWords, WordError } from '../../text/shell-words.js';
import { UserError } from '../../text/user-error.js';
import type { Origin, Word } from '../../text/word.js';
import { DOCKED, type KeyDefinition, type KeyName, keyNamed, KEYS } from '../keys/keys.js';
import type { ConfigEntry, ConfigSection } from './config-parser.js';
import { interpolate, InterpolationError, keysTakenUp } from './interpolation.js';
import { replaceIn, ReplacementError, type ReplacementValues } from './replacement.js';
import type { RunConfig } from './run-config.js';

const TRUE = /^(?:true|t|yes|y|on|1)$/i;
const FALSE = /^(?:false|f|no|n|off|0)$/i;

/**
 * The values of one section, resolved when they are asked for. What is wrong is collected, to be thrown together, and
 * the value is then undefined.
 */
export class SectionReader {
  readonly #config: RunConfig;
  readonly #remote: boolean;
  readonly #values: ReplacementValues & { words: Map<string, string> };
  readonly #problems: { line: number; message: string }[] = [];
  readonly #section: ConfigSection | undefined;

  /** @param remote whether `<key>_docked` is used instead of `<key>`. */
  constructor(
    config: RunConfig,
    readonly name: string,
    remote: boolean,
    values: ReplacementValues & { words: Map<string, string> },
  ) {
    this.#config = config;
    this.#remote = remote;
    this.#values = values;
    this.#section = config.sections.get(name);
  }

  /** Makes `{word}` known to the values that are read from now on. */
  define(word: string, value: string): void {
    this.#values.words.set(word, value);
  }

  /** The entry that a key's value comes from. An image without a section takes nothing from `[DEFAULT]`. */
  entry(key: KeyName): ConfigEntry | undefined {
    return (this.#remote ? this.#lookUp(key + DOCKED) : undefined) ?? this.#lookUp(key);
  }

  /** Where a key's value stands. */
  originOf(key: KeyName): Origin | undefined {
    const entry = this.entry(key);
    return entry && { file: this.#config.file, line: entry.line };
  }

  words(key: KeyName): Word[] | undefined {
    return this.#resolve(key, (value) => this.#replaced(splitWords(value), KEYS[key]));
  }

  /** Words that blanks, line ends or commas separate. */
  list(key: KeyName): Word[] | undefined {
    return this.words(key)?.flatMap(({ text, origin }) =>
      text.split(',').flatMap((part) => (part === '' ? [] : [{ text: part, origin }])),
    );
  }

  /** Undefined also where the value is empty. */
  word(key: KeyName): Word | undefined {
    const words = this.words(key);
    if (words && words.length > 1) this.complain(key, `takes one word, found ${words.length}`);
    return words?.[0];
  }

  boolean(key: KeyName): boolean | undefined {
    return this.#resolve(key, (value) => {
      const text = replaceIn(textOf(value), this.#values).trim();
      if (TRUE.test(text)) return true;
      if (FALSE.test(text)) return false;
      this.complain(key, `takes True or False, found ${JSON.stringify(text)}`);
      return undefined;
    });
  }

  /** Shell words or a JSON array, without replacement. */
  command(key: KeyName): Word[] | undefined {
    return this.#resolve(key, (value) =>
      (jsonArray(value) ?? splitWords(value)).map((word) => this.#placed(word)),
    );
  }

  /** `NAME=value` of the section that a key names; a value stays one word. */
  variables(key: KeyName): Word[] | undefined {
    const name = this.word(key)?.text;
    if (name === undefined) return undefined;
    const { sections, envSections, file } = this.#config;
    const section = sections.get(name);
    if (!section || !envSections.has(name)) {
      const reason = section
        ? "is an image's own section"
        : `is not there${didYouMean(name, sections.keys())}`;
      this.complain(key, `names section [${name}], which ${reason}`);
      return undefined;
    }
    return this.#withInherited(section).flatMap((entry) => {
      const value = this.#attempt(entry.line, () =>
        replaceIn(textOf(interpolate(entry.value, section, this.#config.defaults)), this.#values),
      );
      const origin: Origin = { file, line: entry.line };
      return value === undefined ? [] : [{ text: `${entry.spelling}=${value}`, origin }];
    });
  }

  /** Complains of every key that the table does not know, unless another value takes it up. */
  checkKeys(): void {
    if (!this.#section) return;
    const { defaults, sections } = this.#config;
    const takenUp = new Set([this.#section, defaults].flatMap(keysTakenUp));
    const takenUpAnywhere = new Set([defaults, ...sections.values()].flatMap(keysTakenUp));
    const hasVariables = this.entry('env') !== undefined;
    const complain = ({ spelling, line }: ConfigEntry, where: string) => {
      const near = didYouMean(spelling, Object.keys(KEYS));
      this.problemAt(line, `unknown key "${spelling}" in [${where}]${near}`);
    };
    for (const entry of this.#section.entries.values()) {
      if (!keyNamed(entry.key) && !takenUp.has(entry.key)) complain(entry, this.name);
    }
    for (const entry of defaults.entries.values()) {
      // What is no key of an image is a variable of the section that env= names.
      if (!keyNamed(entry.key) && !hasVariables && !takenUpAnywhere.has(entry.key))
        complain(entry, defaults.name);
    }
  }

  /** Collects a problem with the value of `key`. */
  complain(key: KeyName, message: string): void {
    const entry = this.entry(key);
    if (!entry) throw new TypeError(`${key} has no value that could be wrong`);
    const { spelling, line } = entry;
    this.problemAt(line, `${spelling}= of [${this.name}] ${message}`);
  }

  /** Collects a problem with what stands on a line. */
  problemAt(line: number, message: string): void {
    this.#problems.push({ line, message });
  }

  /** Whether everything was right so far. */
  get isSound(): boolean {
    return this.#problems.length === 0;
  }

  /** @throws {UserError} `BAD_SECTION` with everything that is wrong, in the order of the file. */
  throwProblems(): void {
    if (this.isSound) return;
    const sentences = this.#problems
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, message }) => `${this.#config.file}:${line}: ${message}`);
    throw new UserError('BAD_SECTION', sentences.join('\n'));
  }

  #lookUp(key: string): ConfigEntry | undefined {
    return this.#section && (this.#section.entries.get(key) ?? this.#config.defaults.entries.get(key));
  }

  /** The entries of an env section, with those of `[DEFAULT]` that are no keys of images. */
  #withInherited(section: ConfigSection): ConfigEntry[] {
    const own = new Set([...section.entries.keys()].map((key) => key.toLowerCase()));
    const inherited = [...this.#config.defaults.entries.values()].filter(
      ({ key }) => !keyNamed(key) && !own.has(key),
    );
    return [...inherited, ...section.entries.values()];
  }

  #resolve<T>(key: KeyName, read: (value: LinedText) => T): T | undefined {
    const entry = this.entry(key);
    const section = this.#section;
    if (!entry || !section) return undefined;
    return this.#attempt(entry.line, () => read(interpolate(entry.value, section, this.#config.defaults)));
  }

  #replaced(words: readonly LinedWord[], definition: KeyDefinition): Word[] {
    return words.flatMap((word) => {
      const replace = () => replaceIn(word.text, { ...this.#values, later: definition.later });
      const text = this.#attempt(word.line, replace);
      return text === undefined ? [] : [this.#placed({ text, line: word.line })];
    });
  }

  #placed({ text, line }: LinedWord): Word {
    return { text, origin: { file: this.#config.file, line } };
  }

  #attempt<T>(line: number, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof InterpolationError || error instanceof WordError) line = error.line;
      else if (!(error instanceof ReplacementError)) throw error;
      this.problemAt(line, error.message);
      return undefined;
    }
  }
}

/** The exec form of a Dockerfile's CMD: `["python", "-m", "app"]`. */
function jsonArray(value: LinedText): LinedWord[] | undefined {
  const text = textOf(value);
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    const line = lineAt(value, 0);
    return isListOf(words, isText) ? words.map((word) => ({ text: word, line })) : undefined;
  } catch {
    return undefined;
  }
}
