import { readProjectFiles } from './project-files.js';
import { scmConfiguration } from './setuptools-scm/configuration.js';
import type { ScmConfiguration } from './setuptools-scm/settings.js';
import { type VersioneerConfiguration, versioneerConfiguration } from './versioneer/configuration.js';

/** For a project that no version tool is configured for. */
export interface PlainConfiguration {
  scheme: 'git';
}

export type Configuration = VersioneerConfiguration | ScmConfiguration | PlainConfiguration;

/**
 * Which tool makes the project's version, and how it is set up; versioneer comes first where there are two.
 *
 * @throws {UserError} `BAD_TOML`, `BAD_VERSION_CONFIG`, `UNKNOWN_SCHEME`, `UNKNOWN_STYLE`, `UNKNOWN_VCS` for a file
 *   that cannot be parsed, and for settings that are wrong or missing
 */
export async function readConfiguration(root: string): Promise<Configuration> {
  const files = await readProjectFiles(root);
  return versioneerConfiguration(files) ?? scmConfiguration(files) ?? { scheme: 'git' };
}
