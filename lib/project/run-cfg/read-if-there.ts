import { readRegularFile } from '../../system/read-regular-file.js';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';

/**
 * The bytes of a file of the project; undefined where it is not there.
 *
 * @param file for messages
 * @throws {UserError} `BAD_CONFIG`
 */
export function readIfThere(path: string, file: string): Buffer | undefined {
  try {
    return readRegularFile(path);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return undefined;
    throw new UserError('BAD_CONFIG', `${file} cannot be read (${code})`, { cause });
  }
}
