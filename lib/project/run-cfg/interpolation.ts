import { didYouMean } from '../../text/did-you-mean.js';
import { lineAt, type LinedText, type Piece, sliceLined, textOf } from '../../text/lined-text.js';
import type { ConfigEntry, ConfigSection, ConfigText } from './config-parser.js';

/** A `%(key)s` that cannot be resolved. */
export class InterpolationError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

// As in configparser; it also ends keys that take up each other.
const MAX_DEPTH = 10;
// Ten levels of a few references each would otherwise fill the memory.
const MAX_LENGTH = 1 << 20;

/**
 * Replaces `%(key)s` by the value of that key in the section or in `[DEFAULT]`, and `%%` by `%`. Any other `%` stays,
 * where Python refuses it. Characters keep the line of the value that they come from.
 *
 * @throws {InterpolationError} for a key that is not there, keys that take up each other, or a text over 1 MiB.
 */
export function interpolate(
  value: LinedText,
  section: ConfigSection,
  defaults: ConfigSection,
  depth = 1,
): LinedText {
  const text = textOf(value);
  if (!text.includes('%')) return value;
  const refuse = (offset: number, message: string) => new InterpolationError(lineAt(value, offset), message);
  if (depth > MAX_DEPTH) {
    throw refuse(0, `values take up each other with %(key)s more than ${MAX_DEPTH} levels deep`);
  }
  const result: Piece[] = [];
  let length = 0;
  const append = (pieces: LinedText) => {
    result.push(...pieces);
    for (const piece of pieces) length += piece.text.length;
  };
  let end = 0;
  for (const { index, match, key } of referencesIn(text)) {
    append(sliceLined(value, end, index));
    end = index + match.length;
    if (key === undefined) {
      append([{ text: '%', line: lineAt(value, index) }]);
      continue;
    }
    const entry = entryNamed(key, section, defaults);
    if (!entry) {
      const near = didYouMean(key, [...section.entries.keys(), ...defaults.entries.keys()]);
      throw refuse(index, `${match} names no key of [${section.name}] or [DEFAULT]${near}`);
    }
    append(interpolate(entry.value, section, defaults, depth + 1));
    if (length > MAX_LENGTH) throw refuse(index, `${match} makes the value longer than a mebibyte`);
  }
  append(sliceLined(value, end, text.length));
  return result;
}

interface Reference {
  index: number;
  match: string;
  /** None for `%%`. */
  key?: string;
}

/** What `/%%|%\(([^)]+)\)s/g` finds, but the end of a reference is looked for once, not from each beginning. */
function* referencesIn(text: string): Generator<Reference> {
  let close = -1;
  for (let index = text.indexOf('%'); index !== -1; index = text.indexOf('%', index)) {
    const kind = text[index + 1];
    if (kind === '%') {
      yield { index, match: '%%' };
      index += 2;
      continue;
    }
    if (close < index + 2) close = text.indexOf(')', index + 2);
    if (close === -1) close = text.length;
    if (kind === '(' && close > index + 2 && text[close + 1] === 's') {
      yield { index, match: text.slice(index, close + 2), key: text.slice(index + 2, close) };
      index = close + 2;
    } else index += 1;
  }
}

/** Keys are lower-cased everywhere but in a section where case counts, which may name both. */
function entryNamed(key: string, section: ConfigSection, defaults: ConfigSection): ConfigEntry | undefined {
  const lower = key.toLowerCase();
  return section.entries.get(key) ?? section.entries.get(lower) ?? defaults.entries.get(lower);
}

/** Keys, lower-cased, that the values of a section take up with `%(key)s`. */
export function keysTakenUp(section: ConfigSection): string[] {
  return [...section.entries.values()].flatMap(({ value }) =>
    [...referencesIn(textOf(value))].flatMap(({ key }) => (key === undefined ? [] : [key.toLowerCase()])),
  );
}

/**
 * The text of a key as configparser's `get` returns it, or undefined where neither the section nor `[DEFAULT]` has
 * it, or there is no such section.
 *
 * @throws {InterpolationError}
 */
export function valueOf(config: ConfigText, sectionName: string, key: string): string | undefined {
  const section = config.sections.get(sectionName);
  const entry = section?.entries.get(key) ?? (section && config.defaults.entries.get(key));
  return section && entry && textOf(interpolate(entry.value, section, config.defaults));
}
