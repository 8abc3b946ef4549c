import type { ConfigText } from '../../project/run-cfg/config-parser.js';
import { InterpolationError, valueOf } from '../../project/run-cfg/interpolation.js';
import { didYouMean } from '../../text/did-you-mean.js';
import { UserError } from '../../text/user-error.js';
import { type ProjectFiles, type Table, tableAt } from '../project-files.js';
import { type Style, STYLES } from '../types.js';

export interface VersioneerConfiguration {
  scheme: 'versioneer';
  style: Style;
  tagPrefix: string;
  parentdirPrefix?: string;
  /** Path relative to the root. */
  versionfileSource: string;
}

/**
 * `[tool.versioneer]` of pyproject.toml, else `[versioneer]` of setup.cfg (`get_config_from_root` of versioneer 0.29);
 * undefined where there is neither.
 *
 * @throws {UserError} `BAD_VERSION_CONFIG`, `UNKNOWN_STYLE`, `UNKNOWN_VCS` for a VCS or style that is not known, and a
 *   setting that is missing
 */
export function versioneerConfiguration(files: ProjectFiles): VersioneerConfiguration | undefined {
  const section = tableAt(files.pyproject, 'tool', 'versioneer');
  if (section && Object.keys(section).length > 0) {
    return checked((key) => textOfKey(section, key), 'pyproject.toml');
  }
  const { setupCfg } = files;
  if (!setupCfg.sections.has('versioneer')) return undefined;
  const [error] = setupCfg.errors;
  if (error) throw new UserError('BAD_VERSION_CONFIG', `setup.cfg:${error.line}: ${error.message}`);
  return checked((key) => valueInSetupCfg(setupCfg, key), 'setup.cfg');
}

/** @throws {UserError} `UNKNOWN_STYLE`, naming the styles there are */
export function checkStyle(style: string, origin: string): Style {
  if (style === '' || style === 'default') return 'pep440';
  const known = STYLES.find((candidate) => candidate === style);
  if (known) return known;
  const sentence = `unknown style "${style}"${didYouMean(style, STYLES)}; known styles: ${STYLES.join(', ')}`;
  throw new UserError('UNKNOWN_STYLE', `${origin}: ${sentence}`);
}

function checked(text: (key: string) => string | undefined, file: string): VersioneerConfiguration {
  const vcs = text('VCS');
  if (vcs !== 'git') {
    const problem = vcs === undefined ? 'versioneer needs "VCS"' : `unknown VCS "${vcs}" for versioneer`;
    throw new UserError('UNKNOWN_VCS', `${file}: ${problem}; known ones: git`);
  }
  const versionfileSource = text('versionfile_source');
  if (!versionfileSource) {
    const remedy = 'the path of _version.py, such as src/package/_version.py';
    throw new UserError('BAD_VERSION_CONFIG', `${file}: versioneer needs "versionfile_source", ${remedy}`);
  }
  const tagPrefix = text('tag_prefix') ?? '';
  return {
    scheme: 'versioneer',
    style: checkStyle(text('style') ?? '', file),
    tagPrefix: tagPrefix === "''" || tagPrefix === '""' ? '' : tagPrefix,
    parentdirPrefix: text('parentdir_prefix'),
    versionfileSource,
  };
}

function textOfKey(section: Table, key: string): string | undefined {
  const value = section[key];
  if (value === undefined || typeof value === 'string') return value;
  throw new UserError('BAD_VERSION_CONFIG', `pyproject.toml: "${key}" of [tool.versioneer] must be a string`);
}

function valueInSetupCfg(setupCfg: ConfigText, key: string): string | undefined {
  try {
    return valueOf(setupCfg, 'versioneer', key.toLowerCase());
  } catch (cause) {
    if (!(cause instanceof InterpolationError)) throw cause;
    throw new UserError('BAD_VERSION_CONFIG', `setup.cfg:${cause.line}: ${cause.message}`, { cause });
  }
}
