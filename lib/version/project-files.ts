import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { type ConfigText, readConfig } from '../project/run-cfg/config-parser.js';
import { isRecord } from '../text/record.js';
import { UserError } from '../text/user-error.js';
import { readText } from './read-text.js';

export type Table = Record<string, unknown>;

/** The two files in which Python projects configure their tools; empty where one is missing. */
export interface ProjectFiles {
  pyproject: Table;
  setupCfg: ConfigText;
}

/** @throws {UserError} `BAD_TOML`, with file and line, unless versioneer's section of setup.cfg makes up for it */
export async function readProjectFiles(root: string): Promise<ProjectFiles> {
  const [pyproject, setupCfg] = await Promise.all([
    readText(join(root, 'pyproject.toml')),
    readText(join(root, 'setup.cfg')),
  ]);
  const sections = readConfig(setupCfg ?? '');
  try {
    return { pyproject: parse(pyproject ?? ''), setupCfg: sections };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    if (sections.sections.has('versioneer')) return { pyproject: {}, setupCfg: sections };
    const [reason = ''] = cause.message.split('\n');
    throw new UserError('BAD_TOML', `pyproject.toml:${cause.line}: ${reason}`, { cause });
  }
}

/** The table at a path of keys such as `tool`, `versioneer`; undefined where there is none. */
export function tableAt(table: Table, ...path: string[]): Table | undefined {
  let value: unknown = table;
  for (const key of path) value = isRecord(value) ? value[key] : undefined;
  return isRecord(value) ? value : undefined;
}
