import { join } from 'node:path';

import { parse, TomlError } from 'smol-toml';

import { didYouMean } from '../did-you-mean.js';
import { UserError } from '../user-error.js';
import { readText } from './read-text.js';
import { STYLES, type Style } from './types.js';

export interface VersioneerConfiguration {
  scheme: 'versioneer';
  style: Style;
  tagPrefix: string;
  parentdirPrefix?: string;
  /** Path relative to the root. */
  versionfileSource: string;
}

/** For a project that no version tool is configured for. */
export interface PlainConfiguration {
  scheme: 'git';
}

export type Configuration = VersioneerConfiguration | PlainConfiguration;

/**
 * Which tool makes the project's version, and how it is set up: versioneer (`[tool.versioneer]` of pyproject.toml, then
 * `[versioneer]` of setup.cfg, as versioneer looks for it), or none.
 *
 * @throws UserError for a VCS or style that is not known, a setting that is missing, or a file that cannot be parsed
 */
export async function readConfiguration(root: string): Promise<Configuration> {
  const [pyproject, setupCfg] = await Promise.all([
    readText(join(root, 'pyproject.toml')),
    readText(join(root, 'setup.cfg')),
  ]);
  const tool = table(table(parseToml(pyproject ?? ''))?.tool);
  const section = table(tool?.versioneer);
  if (section && Object.keys(section).length > 0) return versioneer(section, 'pyproject.toml');
  const inSetupCfg = readSection(setupCfg ?? '', 'versioneer');
  if (inSetupCfg) return versioneer(inSetupCfg, 'setup.cfg');
  return { scheme: 'git' };
}

/** @throws UserError UNKNOWN_STYLE, naming the styles there are */
export function checkStyle(style: string, origin: string): Style {
  if (style === '' || style === 'default') return 'pep440';
  if (!STYLES.includes(style as Style)) {
    const known = STYLES.join(', ');
    const sentence = `${origin}: unknown style "${style}"${didYouMean(style, STYLES)}; known styles: ${known}`;
    throw new UserError('UNKNOWN_STYLE', sentence);
  }
  return style as Style;
}

type Table = Record<string, unknown>;

function versioneer(section: Table, file: string): VersioneerConfiguration {
  const text = (key: string) => {
    const value = section[key] ?? section[key.toLowerCase()];
    if (value === undefined || typeof value === 'string') return value;
    throw new UserError('BAD_VERSION_CONFIG', `${file}: versioneer's "${key}" must be a string`);
  };
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

function table(value: unknown): Table | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : undefined;
}

function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [reason = ''] = cause.message.split('\n');
    throw new UserError('BAD_TOML', `pyproject.toml:${cause.line}: ${reason}`, { cause });
  }
}

/** One section of a file that Python's configparser reads; undefined where the file has no such section. */
function readSection(text: string, name: string): Table | undefined {
  let section: Record<string, string> | undefined;
  let current = '';
  let key: string | undefined;
  for (const line of text.split('\n')) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[(.+)\]/.exec(line);
    const option = /^(\S.*?)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (header?.[1] !== undefined) {
      current = header[1];
      key = undefined;
      if (current === name) section ??= {};
    } else if (current !== name || !section) {
      continue;
    } else if (/^\s/.test(line) && key !== undefined) {
      section[key] = `${section[key]}\n${line.trim()}`.trim();
    } else if (option?.[1] !== undefined) {
      key = option[1].toLowerCase();
      section[key] = option[2] ?? '';
    }
  }
  return section;
}
