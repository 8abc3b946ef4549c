import { stripVTControlCharacters } from 'node:util';

/** Control characters but line feeds and tabs, and those that turn the direction of a text around. */
export const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text from somewhere else as it may stand in a message or a table: without what colours it, moves the cursor or changes
 * the terminal. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text.replace(/\r\n/g, '\n')).replace(CONTROLS, '');
}

/** Whether a name may stand anywhere as it is. */
export function isPrintable(name: string): boolean {
  return !/[\n\t]/.test(name) && printable(name) === name;
}

/** Makes text printable on one line: every run of white space becomes one blank. */
export function printableLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}
