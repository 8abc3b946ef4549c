import { readConfiguration } from './configuration.js';
import { askSetuptoolsScm } from './setuptools-scm/ask.js';
import type { ProjectVersion } from './types.js';
import { askRepository, askVersioneer } from './versioneer/ask.js';
import { checkStyle } from './versioneer/configuration.js';

export interface ComputeOptions {
  /** Takes the place of the configured style; without versioneer, `pep440` is the default. */
  style?: string;
  /** Environment for git and the variables that override a version; the process's own by default. */
  env?: NodeJS.ProcessEnv;
}

/**
 * The version of the project in `root`, by the rules of the tool that it is configured for. It changes no file.
 *
 * @throws {UserError} `BAD_VERSION_CONFIG` and its like for a configuration that is wrong, `BAD_TAG` for a tag that the
 *   tool itself would refuse, and when git does not
 *   answer at all; a version that cannot be found out is no exception but `0+unknown`, with the reason in the
 *   dictionary, as in versioneer
 */
export async function computeVersion(root: string, options: ComputeOptions = {}): Promise<ProjectVersion> {
  const env = options.env ?? process.env;
  const style = options.style === undefined ? undefined : checkStyle(options.style, '--style');
  const configuration = await readConfiguration(root);
  if (configuration.scheme === 'versioneer') {
    const styled = { ...configuration, style: style ?? configuration.style };
    return { scheme: 'versioneer', ...(await askVersioneer(root, styled, env)) };
  }
  // A style that is asked for is versioneer's business, whatever the project is configured for.
  if (configuration.scheme === 'git' || style !== undefined) {
    return { scheme: 'git', ...(await askRepository(root, PLAIN_PREFIXES, style ?? 'pep440', env)) };
  }
  return { scheme: configuration.scheme, ...(await askSetuptoolsScm(root, configuration, env)) };
}

/** Without a configuration that says otherwise, `v1.2` and `1.2` are the two usual tags of version 1.2. */
const PLAIN_PREFIXES = ['v', ''];
