import { CONTROLS } from './printable.js';

/** `text` between double quotes, as docker's messages show a word (Go's `%q`). */
export function quoted(text: string): string {
  return printableJson(text);
}

/** A value as JSON on one line, in which nothing stands that a terminal obeys: JSON itself escapes less than that. */
export function printableJson(value: unknown): string {
  const escape = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(CONTROLS, escape);
}
