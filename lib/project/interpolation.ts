import { didYouMean } from '../did-you-mean.js';
import type { ConfigSection, ConfigText } from './config-parser.js';
import { type LinedText, type Piece, lineAt, sliceLined, textOf } from './lined-text.js';

/** A `%(key)s` that cannot be resolved. */
export class InterpolationError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

const REFERENCE = /%%|%\(([^)]+)\)s/g;
// As in configparser; it also ends keys that take up each other.
const MAX_DEPTH = 10;
// Ten levels of a few references each would otherwise fill the memory.
const MAX_LENGTH = 1 << 20;

/**
 * Replaces `%(key)s` by the value of that key in the section or in `[DEFAULT]`, and `%%` by `%`. Any other `%` stays,
 * where Python refuses it. Characters keep the line of the value that they come from.
 *
 * @throws InterpolationError for a key that is not there, keys that take up each other, or a text over 1 MiB.
 */
export function interpolate(
  value: LinedText,
  section: ConfigSection,
  defaults: ConfigSection,
  depth = 1,
): LinedText {
  const text = textOf(value);
  if (!text.includes('%')) return value;
  const result: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    result.push(...sliceLined(value, end, match.index));
    end = match.index + match[0].length;
    const line = lineAt(value, match.index);
    const key = match[1];
    if (key === undefined) {
      result.push({ text: '%', line });
      continue;
    }
    const entry =
      section.entries.get(key) ??
      section.entries.get(key.toLowerCase()) ??
      defaults.entries.get(key.toLowerCase());
    if (!entry) {
      const near = didYouMean(key, [...section.entries.keys(), ...defaults.entries.keys()]);
      throw new InterpolationError(line, `%(${key})s names no key of [${section.name}] or [DEFAULT]${near}`);
    }
    if (depth >= MAX_DEPTH) {
      throw new InterpolationError(
        line,
        `%(${key})s nests more than ${MAX_DEPTH} levels deep, or takes up itself`,
      );
    }
    result.push(...interpolate(entry.value, section, defaults, depth + 1));
    if (result.reduce((length, piece) => length + piece.text.length, 0) > MAX_LENGTH) {
      throw new InterpolationError(line, `%(${key})s makes the value longer than a mebibyte`);
    }
  }
  result.push(...sliceLined(value, end, text.length));
  return result;
}

/** Keys, lower-cased, that the values of a section take up with `%(key)s`. */
export function keysTakenUp(section: ConfigSection): string[] {
  return [...section.entries.values()].flatMap(({ value }) =>
    [...textOf(value).matchAll(REFERENCE)].flatMap(([, key]) =>
      key === undefined ? [] : [key.toLowerCase()],
    ),
  );
}

/**
 * The text of a key as configparser's `get` returns it, or undefined where neither the section nor `[DEFAULT]` has
 * it, or there is no such section.
 *
 * @throws InterpolationError
 */
export function valueOf(config: ConfigText, sectionName: string, key: string): string | undefined {
  const section = config.sections.get(sectionName);
  const entry = section?.entries.get(key) ?? (section && config.defaults.entries.get(key));
  return section && entry && textOf(interpolate(entry.value, section, config.defaults));
}
