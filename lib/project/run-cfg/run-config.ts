import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { UserError } from '../../text/user-error.js';
import { DOCKED } from '../keys/keys.js';
import { DOCKER_FOLDER } from '../root.js';
import { type ConfigText, readConfig } from './config-parser.js';
import { readEnvFile } from './env-file/read-env-file.js';
import { plainValue } from './plain-value.js';
import { readIfThere } from './read-if-there.js';
import type { Environment, ReplacementValues } from './replacement.js';

/** A project's run.cfg, read but not resolved. */
export interface RunConfig extends ConfigText {
  /** Path relative to the project root, with forward slashes; `docker/run.cfg` also where there is none. */
  file: string;
  /** Names of the sections whose keys are environment variables: case counts in them. */
  envSections: ReadonlySet<string>;
  /** What `$NAME` stands for where the environment does not have it: the variables of `docker/.env`, or of `env_file=`. */
  variables: Environment;
}

const FILE_NAMES = ['run.cfg', 'dockerutils.cfg'];

/**
 * Reads `docker/run.cfg`, or `docker/dockerutils.cfg`; neither is as good as an empty one.
 *
 * @param isImage tells the sections that belong to images, which an `env=` cannot make case-sensitive.
 * @throws {UserError} `TWO_CONFIGS` where both are there, or `BAD_CONFIG` with every error of the file's form.
 */
export function readRunConfig(
  root: string,
  isImage: (section: string) => boolean,
  values: ReplacementValues,
): RunConfig {
  const found = FILE_NAMES.flatMap((name) => {
    const file = `${DOCKER_FOLDER}/${name}`;
    const bytes = readIfThere(join(root, file), file);
    return bytes ? [{ file, bytes }] : [];
  });
  if (found.length > 1) {
    throw new UserError(
      'TWO_CONFIGS',
      `both ${found.map(({ file }) => file).join(' and ')} are there: keep one`,
    );
  }
  const { file, bytes } = found[0] ?? { file: `${DOCKER_FOLDER}/${FILE_NAMES[0]}`, bytes: Buffer.alloc(0) };
  if (!isUtf8(bytes)) throw new UserError('BAD_CONFIG', `${file}:${firstBadLine(bytes)}: is not UTF-8 text`);

  const text = bytes.toString('utf8');
  if (text.includes('\0')) {
    const line = text.slice(0, text.indexOf('\0')).split('\n').length;
    throw new UserError('BAD_CONFIG', `${file}:${line}: has a NUL character, which stands in no text`);
  }
  const plain = readConfig(text);
  const variables = readEnvFile(root, { file, config: plain }, values);
  const known = { ...values, env: { ...variables, ...values.env } };
  // Which sections are variables is said by values, so the file is read once to find them.
  const envSections = new Set([...envNames(plain, known)].filter((name) => !isImage(name)));
  const config = readConfig(text, (section) => envSections.has(section));
  if (config.errors.length > 0) {
    const lines = config.errors.map(({ line, message }) => `${file}:${line}: ${message}`);
    throw new UserError('BAD_CONFIG', lines.join('\n'));
  }
  return { ...config, file, envSections, variables };
}

function* envNames(config: ConfigText, values: ReplacementValues): Iterable<string> {
  for (const section of config.sections.values()) {
    for (const key of ['env', `env${DOCKED}`]) {
      try {
        yield plainValue(config, section, key, values) ?? '';
      } catch {
        // Said when the image is described: it is an error of this section, not of the file.
      }
    }
  }
}

function firstBadLine(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n');
  return lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1'))) + 1;
}
