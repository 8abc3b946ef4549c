import type { Environment } from '../replacement.js';
import { EnvFileError } from './error.js';
import { expand } from './expand.js';

/**
 * Reads the text of a `.env` file as docker compose does (compose-go's dotenv, asked case by case in `test/oracle/env-file`):
 * `NAME=value` or `NAME: value`, `export` before it, comments, quotes, and `$NAME` of the environment and of what stands above.
 *
 * @throws {EnvFileError} for what docker compose refuses
 */
export function readVariables(text: string, env: Environment): Map<string, string> {
  const variables = new Map<string, string>();
  const lookUp = (name: string) => env[name] ?? variables.get(name);
  const reader = new VariableReader(text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n'));
  for (let name = reader.name(); name !== undefined; name = reader.name()) {
    const value = name.hasValue ? reader.value(lookUp) : env[name.text];
    if (value !== undefined && name.text !== '') variables.set(name.text, value);
  }
  return variables;
}

type LookUp = (name: string) => string | undefined;

const BLANK = /[\t\v\f\r \u0085\u00a0]*/y;
const NAME = /[\p{L}\p{N}_.[\]\t\v\f\r \u0085\u00a0-]*/uy;

class VariableReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next name, up to the value; undefined where there is none. */
  name(): { text: string; hasValue: boolean } | undefined {
    this.#skip(/(?:\s|#[^\n]*(?:\n|$))*/y);
    if (this.#at >= this.#text.length) return undefined;
    this.#skip(/export[^\S\n]+/y);
    const written = this.#skip(NAME);
    const end = this.#text[this.#at];
    // The last line has no end; what stands there alone is nobody's name.
    if (end === undefined) return { text: '', hasValue: true };
    // The line is not shown: it may hold a secret.
    if (end !== '=' && end !== ':' && end !== '\n')
      throw this.#error(`${JSON.stringify(end)} cannot stand in the name of a variable: NAME=value`);
    const text = written.trimEnd();
    if (text.includes(' ')) throw this.#error('the name of a variable has no blanks: NAME=value');
    this.#at++;
    this.#skip(BLANK);
    return { text, hasValue: end !== '\n' };
  }

  value(lookUp: LookUp): string {
    const quote = this.#text[this.#at];
    if (quote === '"' || quote === "'") return this.#quoted(quote, lookUp);
    const line = this.#skip(/[^\n]*/y);
    return this.#expanded((line.split(' #', 1)[0] ?? '').trimEnd(), lookUp);
  }

  #quoted(quote: string, lookUp: LookUp): string {
    const start = this.#at;
    const pattern = quote === '"' ? /"((?:[^"\\]|\\[^])*)"/y : /'((?:[^'\\]|\\[^])*)'/y;
    pattern.lastIndex = start;
    const [whole, content] = pattern.exec(this.#text) ?? [];
    if (whole === undefined || content === undefined)
      throw this.#error(`the value has no ${quote} at its end`);
    const value = content.replaceAll(`\\${quote}`, quote);
    const expanded = quote === '"' ? this.#expanded(unescaped(value), lookUp) : value;
    this.#at += whole.length;
    return expanded;
  }

  #expanded(text: string, lookUp: LookUp): string {
    try {
      return expand(text, lookUp);
    } catch (error) {
      throw error instanceof EnvFileError ? this.#error(error.message) : error;
    }
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #error(message: string): EnvFileError {
    return new EnvFileError(message, this.#text.slice(0, this.#at).split('\n').length);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\' },
  // A plain one for those who put in variables.
  $: '$$',
};

/** Escapes as Go has them; a backslash before anything else stays. */
function unescaped(text: string): string {
  return text.replace(/\\([abfnrtv$"\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
