import type { LinedText, Piece } from '../../text/lined-text.js';
import { trimmed } from '../../text/trim.js';

/** One `key = value`. */
export interface ConfigEntry {
  /** The key as it is looked up: lower-cased, except in a section where case counts. */
  key: string;
  /** The key as it is written. */
  spelling: string;
  line: number;
  /** Before interpolation. */
  value: LinedText;
}

export interface ConfigSection {
  name: string;
  /** Line of its header. */
  line: number;
  entries: Map<string, ConfigEntry>;
}

/** A line that the dialect refuses. */
export interface FormError {
  kind: 'missing-header' | 'not-a-key' | 'duplicate-section' | 'duplicate-key';
  line: number;
  message: string;
}

/** What a text in configparser's dialect holds, before interpolation and inheritance. */
export interface ConfigText {
  /** In the order of the file, without `[DEFAULT]`. */
  sections: Map<string, ConfigSection>;
  /** `[DEFAULT]`, which every section inherits. */
  defaults: ConfigSection;
  /** In the order of the file; what they name is left out of the sections. */
  errors: FormError[];
}

const DEFAULT_SECTION = 'DEFAULT';

// What Python's str.strip() and \s take for white space; JavaScript's own differs at U+001C-1F, U+0085 and U+FEFF.
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const BLANK = new RegExp(`[${SPACE}]`);
const INDENT = new RegExp(`^[${SPACE}]*`);
const HEADER = /^\[(.+)\]/s;
const OPTION = /^([^=:]*)[=:](.*)$/s;

/**
 * Reads the dialect of Python's configparser (strict, with no inline comments): `=` or `:`, indented continuation
 * lines, `#` and `;` comments at the start of a line, `[DEFAULT]`. A byte order mark and all line ends are fine.
 * Nothing is thrown: lines that the dialect refuses are returned, all of them, where Python stops at the first.
 *
 * @param caseCounts tells the sections whose keys are not lower-cased; none by default.
 */
export function readConfig(text: string, caseCounts: (section: string) => boolean = () => false): ConfigText {
  const reader = new Reader(caseCounts);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  lines.forEach((line, index) => reader.line(line, index + 1));
  reader.endValue();
  return reader.config;
}

class Reader {
  readonly #caseCounts: (section: string) => boolean;
  readonly config: ConfigText = {
    sections: new Map(),
    defaults: { name: DEFAULT_SECTION, line: 1, entries: new Map() },
    errors: [],
  };
  #section?: ConfigSection;
  /** The entry that continuation lines belong to, and its lines so far. */
  #entry?: ConfigEntry;
  #value: Piece[] = [];
  #indent = 0;

  constructor(caseCounts: (section: string) => boolean) {
    this.#caseCounts = caseCounts;
  }

  line(raw: string, line: number): void {
    const text = trimmed(raw, BLANK);
    if (text.startsWith('#') || text.startsWith(';')) return;
    if (text === '') {
      this.#value.push({ text: '', line });
      return;
    }
    const indent = raw.length - raw.replace(INDENT, '').length;
    if (this.#entry && indent > this.#indent) {
      this.#value.push({ text, line });
      return;
    }
    this.#indent = indent;
    const header = HEADER.exec(text)?.[1];
    if (header !== undefined) this.#header(header, line);
    else this.#option(text, line);
  }

  /** Completes the entry that is being read. */
  endValue(): void {
    if (this.#entry) this.#entry.value = joinLines(this.#value);
    this.#entry = undefined;
    this.#value = [];
  }

  #header(name: string, line: number): void {
    this.endValue();
    const { sections, defaults } = this.config;
    if (name === DEFAULT_SECTION) {
      this.#section = defaults;
      if (defaults.entries.size === 0) defaults.line = line;
      return;
    }
    this.#section = { name, line, entries: new Map() };
    const first = sections.get(name);
    if (first)
      this.#refuse('duplicate-section', line, `section [${name}] stands on line ${first.line} already`);
    else sections.set(name, this.#section);
  }

  #option(text: string, line: number): void {
    if (!this.#section) {
      // Once is enough: all lines up to the first header have the same cause.
      if (!this.config.errors.some(({ kind }) => kind === 'missing-header')) {
        this.#refuse('missing-header', line, 'a [section] must come before the first key');
      }
      return;
    }
    const [match, before = '', behind = ''] = OPTION.exec(text) ?? [];
    // Behind a line without a delimiter the value before it goes on, as in Python.
    if (match !== undefined) this.endValue();
    const spelling = trimmed(before, BLANK, 'end');
    if (!spelling) {
      this.#refuse('not-a-key', line, `expected "key = value" or [section], found ${quoted(text)}`);
      return;
    }
    const key = this.#caseCounts(this.#section.name) ? spelling : spelling.toLowerCase();
    this.#entry = { key, spelling, line, value: [] };
    this.#value = [{ text: trimmed(behind, BLANK), line }];
    const first = this.#section.entries.get(key);
    if (first) {
      const where = `stands on line ${first.line} of [${this.#section.name}] already`;
      this.#refuse('duplicate-key', line, `key "${spelling}" ${where}`);
    } else this.#section.entries.set(key, this.#entry);
  }

  #refuse(kind: FormError['kind'], line: number, message: string): void {
    this.config.errors.push({ kind, line, message });
  }
}

/** Lines of a value joined by line ends, without the white space at the end of the whole. */
function joinLines(lines: readonly Piece[]): Piece[] {
  const last = lines.findLastIndex((piece) => piece.text !== '');
  return lines
    .slice(0, last + 1)
    .map((piece, index) => (index < last ? { ...piece, text: piece.text + '\n' } : piece));
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? text.slice(0, 57) + '...' : text);
}
