import { NotCarried } from './not-carried.js';
import type { Target } from './target.js';

/** Adds to a section what stands at a place of a compose file. */
export type Converter = (value: unknown, to: Target) => void;

/**
 * Converts each setting by its key; what has no converter is told.
 *
 * @param why what is said of some that have none
 */
export function convertAll(
  settings: readonly (readonly [key: string, value: unknown])[],
  to: Target,
  converters: Readonly<Record<string, Converter>>,
  why: Readonly<Record<string, string>> = {},
): void {
  for (const [key, value] of settings) {
    to.at(key).attempt((target) => {
      const convert = Object.hasOwn(converters, key) ? converters[key] : undefined;
      if (!convert) throw new NotCarried(why[key] ?? 'has no counterpart');
      convert(value, target);
    });
  }
}
