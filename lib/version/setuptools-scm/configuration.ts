import { split } from 'shlex';
import { valueOf } from '../../project/run-cfg/interpolation.js';
import { didYouMean } from '../../text/did-you-mean.js';
import { isListOf, isText } from '../../text/record.js';
import { UserError } from '../../text/user-error.js';
import { type ProjectFiles, type Table, tableAt } from '../project-files.js';
import { requiresScm9, requiresSimple } from './requirements.js';
import { LOCAL_SCHEMES, type ScmConfiguration, VERSION_SCHEMES } from './settings.js';

/**
 * `[tool.setuptools_scm]`, or `[tool.hatch.version]` with `source = "vcs"`; undefined where there is neither.
 *
 * @throws {UserError} `BAD_VERSION_CONFIG`, `UNKNOWN_SCHEME` for settings that setuptools-scm refuses, or that only
 *   Python code can answer
 */
export function scmConfiguration(files: ProjectFiles): ScmConfiguration | undefined {
  const { pyproject, setupCfg } = files;
  const since9 = requiresScm9(pyproject);
  const section =
    tableAt(pyproject, 'tool', 'setuptools_scm') ?? (requiresSimple(pyproject) ? {} : undefined);
  if (section) {
    const name = tableAt(pyproject, 'project')?.name ?? valueOf(setupCfg, 'metadata', 'name');
    const settings = { dist_name: name, ...section };
    return read(settings, {
      scheme: 'setuptools-scm',
      origin: 'pyproject.toml [tool.setuptools_scm]',
      since9,
    });
  }
  const hatch = tableAt(pyproject, 'tool', 'hatch', 'version');
  if (hatch?.source !== 'vcs') return undefined;
  const settings = {
    tag_regex: hatch['tag-pattern'],
    fallback_version: hatch['fallback-version'],
    ...tableAt(hatch, 'raw-options'),
  };
  return read(settings, { scheme: 'hatch-vcs', origin: 'pyproject.toml [tool.hatch.version]', since9 });
}

const DEFAULT_TAG_REGEX = '^(?:[\\w-]+-)?(?P<version>[vV]?\\d+(?:\\.\\d+){0,2}[^\\+]*)(?:\\+.*)?$';

type Head = Pick<ScmConfiguration, 'scheme' | 'origin' | 'since9'>;

function read(settings: Table, head: Head): ScmConfiguration {
  const { origin, since9 } = head;
  const text = (key: string) => {
    const value = settings[key];
    if (value === undefined || typeof value === 'string') return value;
    throw new UserError('BAD_VERSION_CONFIG', `${origin}: "${key}" must be a string`);
  };
  const abbreviation = since9 ? ['--abbrev=40'] : [];
  const describe = describeCommand(settings, origin) ?? [
    '--dirty',
    '--tags',
    '--long',
    ...abbreviation,
    '--match',
    '*[0-9]*',
  ];
  return {
    ...head,
    root: text('root') ?? '.',
    searchParentDirectories: settings.search_parent_directories === true,
    distName: text('dist_name'),
    versionScheme: known(
      VERSION_SCHEMES,
      text('version_scheme') ?? 'guess-next-dev',
      `${origin}: version_scheme`,
    ),
    localScheme: known(LOCAL_SCHEMES, text('local_scheme') ?? 'node-and-date', `${origin}: local_scheme`),
    tagRegex: regex(text('tag_regex') || DEFAULT_TAG_REGEX, origin),
    normalize: settings.normalize !== false,
    describe: describe.filter((word) => !word.startsWith('--dirty')),
    describeDirty: describe.some((word) => word.startsWith('--dirty')),
    parentdirPrefix: text('parentdir_prefix_version'),
    fallbackVersion: text('fallback_version') || undefined,
  };
}

function known<T extends string>(names: readonly T[], name: string, origin: string): T {
  const found = names.find((candidate) => candidate === name);
  if (found) return found;
  const sentence = `"${name}" is not supported${didYouMean(name, names)}; supported: ${names.join(', ')}`;
  throw new UserError('UNKNOWN_SCHEME', `${origin} ${sentence}`);
}

/** Python writes a named group `(?P<name>…)`, and its `match` starts at the first character. */
function regex(source: string, origin: string): RegExp {
  try {
    const translated = source.replaceAll('(?P<', '(?<').replace(/\(\?P=(\w+)\)/g, '\\k<$1>');
    return new RegExp(`^(?:${translated})`, 'd');
  } catch (cause) {
    const sentence = `tag_regex is an expression that only Python understands: ${source}`;
    throw new UserError('BAD_VERSION_CONFIG', `${origin}: ${sentence}`, { cause });
  }
}

function wordsOf(command: string, origin: string): string[] {
  try {
    return split(command);
  } catch (cause) {
    const sentence = 'the describe command has a quote that is not closed';
    throw new UserError('BAD_VERSION_CONFIG', `${origin}: ${sentence}`, { cause });
  }
}

function describeCommand(settings: Table, origin: string): string[] | undefined {
  const setting = tableAt(settings, 'scm', 'git')?.describe_command ?? settings.git_describe_command;
  if (setting === undefined) return undefined;
  const words = isText(setting) ? wordsOf(setting, origin) : isListOf(setting, isText) ? setting : [];
  const [git, describe, ...rest] = words;
  if (git === 'git' && describe === 'describe') return rest;
  throw new UserError('BAD_VERSION_CONFIG', `${origin}: the describe command must start with "git describe"`);
}
