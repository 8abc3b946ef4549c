import { resolve } from 'node:path';
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
  const [, json] = /version_json = '''\n([\s\S]*)''' {2}# END VERSION_JSON/.exec(text) ?? [];
  if (json === undefined) return undefined;
  const { version, 'full-revisionid': revision, dirty, error, date } = parse(json, versionfileSource);
  return {
    version: version ?? '0+unknown',
    'full-revisionid': revision ?? null,
    dirty: dirty ?? null,
    error: error ?? null,
    date: date ?? null,
  };
}

function parse(json: string, file: string): Partial<VersionDictionary> {
  try {
    return JSON.parse(json) as Partial<VersionDictionary>;
  } catch (cause) {
    throw new UserError(
      'BAD_VERSION_FILE',
      `${file}: version_json is no JSON; delete the file or restore it from the source archive`,
      { cause },
    );
  }
}
