import { FlagError, ValueError } from '../../text/flag-error.js';
import { maskQuoted, maskSecrets } from '../../text/secrets.js';
import type { Word } from '../../text/word.js';

/** Reads a value that could not be read with its flag alone, so that a fault is told with the word's place. */
export function checked<T>(word: Word | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ValueError)
      throw new FlagError('BAD_VALUE', maskSecrets(maskQuoted(error.message)), word);
    throw error;
  }
}
