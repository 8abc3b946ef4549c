import { textOf } from '../../text/lined-text.js';
import type { ConfigSection, ConfigText } from './config-parser.js';
import { interpolate } from './interpolation.js';
import { replaceIn, type ReplacementValues } from './replacement.js';

/** The keys of a section that `[DEFAULT]` does not hold itself, and those that it inherits, resolved to one text. */
export function plainValue(
  config: ConfigText,
  section: ConfigSection,
  key: string,
  values: ReplacementValues,
): string | undefined {
  const entry = section.entries.get(key) ?? config.defaults.entries.get(key);
  return entry && replaceIn(textOf(interpolate(entry.value, section, config.defaults)), values).trim();
}
