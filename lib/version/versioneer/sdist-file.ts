import { resolve } from 'node:path';
import { isRecord, isText } from '../../text/record.js';
import { UserError } from '../../text/user-error.js';
import { readText } from '../read-text.js';
import type { VersionDictionary } from '../types.js';

/**
 * The dictionary that versioneer left in the `_version.py` of an sdist; undefined where `versionfile_source` holds none
 * (`versions_from_file` of versioneer 0.29). Keys that an older versioneer did not write are null.
 *
 * @throws {UserError} `BAD_VERSION_FILE` when the dictionary is no JSON
 */
export async function versionFromFile(
  root: string,
  versionfileSource: string,
): Promise<VersionDictionary | undefined> {
  const text = (await readText(resolve(root, versionfileSource))) ?? '';
  const [begin, end] = ["version_json = '''\n", "'''  # END VERSION_JSON"];
  const [start, stop] = [text.indexOf(begin), text.lastIndexOf(end)];
  if (start < 0 || stop < start + begin.length) return undefined;
  const json = text.slice(start + begin.length, stop);
  const { version, 'full-revisionid': revision, dirty, error, date } = parse(json, versionfileSource);
  return {
    version: textOr(version, '0+unknown'),
    'full-revisionid': textOr(revision, null),
    dirty: typeof dirty === 'boolean' ? dirty : null,
    error: textOr(error, null),
    date: textOr(date, null),
  };
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return isText(value) ? value : otherwise;
}

function parse(json: string, file: string): Record<string, unknown> {
  try {
    const dictionary: unknown = JSON.parse(json);
    if (!isRecord(dictionary)) throw new TypeError('it is no dictionary');
    return dictionary;
  } catch (cause) {
    throw new UserError(
      'BAD_VERSION_FILE',
      `${file}: version_json is no JSON; delete the file or restore it from the source archive`,
      { cause },
    );
  }
}
