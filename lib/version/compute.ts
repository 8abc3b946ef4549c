import { checkStyle, readConfiguration } from './configuration.js';
import type { ProjectVersion } from './types.js';
import { askRepository, askVersioneer } from './versioneer.js';

export interface ComputeOptions {
  /** Takes the place of the configured style; a project without versioneer has `pep440`. */
  style?: string;
  /** Environment for git and the variables that override a version; the process's own by default. */
  env?: NodeJS.ProcessEnv;
}

/**
 * The version of the project in `root`, by the rules of the tool that it is configured for. It changes no file.
 *
 * @throws UserError for a configuration that is wrong, and when git does not answer at all; a version that cannot be
 *   found out is no exception but `0+unknown`, with the reason in the dictionary, as in versioneer
 */
export async function computeVersion(root: string, options: ComputeOptions = {}): Promise<ProjectVersion> {
  const env = options.env ?? process.env;
  const style = options.style === undefined ? undefined : checkStyle(options.style, '--style');
  const configuration = await readConfiguration(root);
  switch (configuration.scheme) {
    case 'versioneer':
      return {
        ...(await askVersioneer(root, { ...configuration, style: style ?? configuration.style }, env)),
        scheme: 'versioneer',
      };
    case 'git':
      return { ...(await askRepository(root, PLAIN_PREFIXES, style ?? 'pep440', env)), scheme: 'git' };
  }
}

/** Without a configuration that says otherwise, `v1.2` and `1.2` are the two usual tags of version 1.2. */
const PLAIN_PREFIXES = ['v', ''];
