import { ValueError } from '../text/flag-error.js';

/** Splits at the first `separator`; the second part is undefined where there is none. */
export function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** A map of `KEY=value` texts, of which a later one replaces an earlier one; a missing value is an empty one. */
export function toMap(pairs: Iterable<string>): Record<string, string> {
  const entries = Array.from(pairs, (pair): [string, string] => {
    const [key, value = ''] = cut(pair, '=');
    return [key, value];
  });
  return Object.fromEntries(entries);
}

/** Sets an entry of a map that users fill: unlike an assignment, `__proto__` is a key like any other. */
export function setEntry(map: Record<string, string>, key: string, value: string): void {
  Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A `KEY[=value]` label. */
export function readLabel(text: string): string {
  const key = cut(text, '=')[0].replace(/^[ \t]+/, '');
  if (key === '') throw new ValueError(`invalid label '${text}': empty name`);
  if (/[ \t]/.test(key)) throw new ValueError(`label '${key}' contains whitespaces`);
  return text;
}

/** A `NAME[=value]` variable; the one who reads it gives a bare NAME its value from the environment. */
export function readVariable(text: string): string {
  if (text === '' || text.startsWith('=')) throw new ValueError(`invalid environment variable: ${text}`);
  return text;
}
