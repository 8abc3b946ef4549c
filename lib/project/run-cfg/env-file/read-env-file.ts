import { resolve } from 'node:path';
import { printable } from '../../../text/printable.js';
import { UserError } from '../../../text/user-error.js';
import { DOCKER_FOLDER } from '../../root.js';
import { ENV_FILE, RUN_IMAGE_SECTIONS } from '../../run-image.js';
import type { ConfigText } from '../config-parser.js';
import { InterpolationError } from '../interpolation.js';
import { plainValue } from '../plain-value.js';
import { readIfThere } from '../read-if-there.js';
import { type Environment, ReplacementError, type ReplacementValues } from '../replacement.js';
import { EnvFileError } from './error.js';
import { readVariables } from './read-variables.js';

const BESIDE = `${DOCKER_FOLDER}/.env`;

/**
 * The variables of the file that `env_file=` of `[run_image]` names, relative to the project root, or of `docker/.env`,
 * which may be missing.
 *
 * @throws {UserError} `BAD_CONFIG`, with file and line
 */
export function readEnvFile(
  root: string,
  { file, config }: { file: string; config: ConfigText },
  values: ReplacementValues,
): Environment {
  const named = namedFile(file, config, values);
  const shown = named?.path ?? BESIDE;
  const bytes = readIfThere(resolve(root, shown), shown);
  if (!bytes && named)
    throw new UserError(
      'BAD_CONFIG',
      `${file}:${named.line}: ${ENV_FILE}= names ${printable(shown)}, which is not there`,
    );
  try {
    return Object.fromEntries(readVariables(bytes?.toString('utf8') ?? '', values.env));
  } catch (error) {
    if (!(error instanceof EnvFileError)) throw error;
    throw new UserError('BAD_CONFIG', `${printable(shown)}:${error.line}: ${printable(error.message)}`);
  }
}

function namedFile(
  file: string,
  config: ConfigText,
  values: ReplacementValues,
): { path: string; line: number } | undefined {
  for (const name of RUN_IMAGE_SECTIONS) {
    const section = config.sections.get(name);
    const line = section?.entries.get(ENV_FILE)?.line;
    if (!section || line === undefined) continue;
    try {
      const path = plainValue(config, section, ENV_FILE, values) ?? '';
      if (path !== '') return { path, line };
    } catch (error) {
      if (!(error instanceof InterpolationError) && !(error instanceof ReplacementError)) throw error;
      throw new UserError('BAD_CONFIG', `${file}:${line}: ${error.message}`);
    }
  }
  return undefined;
}
