import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from '../text/lined-text.js';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import { type ConfigSection, type ConfigText, readConfig } from './config-parser.js';
import { interpolate } from './interpolation.js';
import { DOCKED } from './keys.js';
import { replaceIn, type ReplacementValues } from './replacement.js';
import { DOCKER_FOLDER } from './root.js';

/** A project's run.cfg, read but not resolved. */
export interface RunConfig extends ConfigText {
  /** Path relative to the project root, with forward slashes; `docker/run.cfg` also where there is none. */
  file: string;
  /** Names of the sections whose keys are environment variables: case counts in them. */
  envSections: ReadonlySet<string>;
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
  // Which sections are variables is said by values, so the file is read once to find them.
  const envSections = new Set([...envNames(readConfig(text), values)].filter((name) => !isImage(name)));
  const config = readConfig(text, (section) => envSections.has(section));
  if (config.errors.length > 0) {
    const lines = config.errors.map(({ line, message }) => `${file}:${line}: ${message}`);
    throw new UserError('BAD_CONFIG', lines.join('\n'));
  }
  return { ...config, file, envSections };
}

/** The keys of a section that `[DEFAULT]` does not hold itself, and those that it inherits, resolved to one text. */
export function plainValue(
  config: ConfigText,
  section: ConfigSection,
  key: string,
  values: ReplacementValues,
): string | undefined {
  const entry = section.entries.get(key) ?? config.defaults.entries.get(key);
  return entry && replaceIn(textOf(interpolate(entry.value, section, config.defaults)), values).trim();
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

function readIfThere(path: string, file: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return undefined;
    throw new UserError('BAD_CONFIG', `${file} cannot be read (${code})`, { cause });
  }
}

function firstBadLine(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n');
  return lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1'))) + 1;
}
