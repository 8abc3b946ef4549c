import { join } from 'node:path';
import { readConfiguration } from './configuration.js';
import { readText } from './read-text.js';
import { VERSION_FILE } from './version-file.js';

/**
 * Whether a build writes `_version.py.bld` by itself: where the project is configured for a version tool, or where a
 * Dockerfile or an ignore file names it.
 *
 * @param dockerfiles paths of the Dockerfiles that are built
 * @throws {UserError} `BAD_TOML`, `BAD_VERSION_CONFIG`, `UNKNOWN_SCHEME`, `UNKNOWN_STYLE`, `UNKNOWN_VCS` as
 *   `computeVersion` does for a configuration that is wrong
 */
export async function versionFileWanted(root: string, dockerfiles: readonly string[]): Promise<boolean> {
  const { scheme } = await readConfiguration(root);
  if (scheme !== 'git') return true;
  const files = [
    join(root, '.dockerignore'),
    ...dockerfiles.flatMap((path) => [path, `${path}.dockerignore`]),
  ];
  const texts = await Promise.all(files.map(readText));
  return texts.some((text) => text?.includes(VERSION_FILE));
}
