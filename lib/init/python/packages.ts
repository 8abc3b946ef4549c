import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { valueOf } from '../../project/run-cfg/interpolation.js';
import { isListOf, isRecord, isText } from '../../text/record.js';
import { type ProjectFiles, type Table, tableAt } from '../../version/project-files.js';
import { readText } from '../../version/read-text.js';
import { type Lock, LOCKS } from './locks.js';
import { type RequirementFiles, requirementFiles } from './requirement-files.js';

/** A place that says which packages come from outside. */
export type Packages =
  /** What a tool has locked, of these groups or of none. */
  | { kind: 'lock'; lock: Lock; groups?: readonly string[] }
  | RequirementFiles
  /** Lists of pyproject.toml, by the keys that lead to each. */
  | { kind: 'lists'; lists: readonly (readonly string[])[] }
  /** Tables of `tool.poetry`. */
  | { kind: 'poetry'; groups: readonly string[] }
  | { kind: 'setup.cfg' }
  | { kind: 'setup.py' };

/** Names that groups of packages for the development have. */
const DEVELOPMENT = ['dev', 'test', 'tests', 'testing'];

/**
 * Where the packages stand that the project cannot run without; none where there are none, undefined where only a build of
 * the project can tell.
 */
export async function productionPackages(root: string, files: ProjectFiles): Promise<Packages[] | undefined> {
  const { pyproject, setupCfg } = files;
  const lock = lockOf(root);
  if (lock) return [{ kind: 'lock', lock }];
  const named = [...dynamicFiles(pyproject), 'requirements.txt', ...folderFiles(root, PRODUCTION_FILES)];
  const requirements = await requirementFiles(root, [named.find((file) => existsSync(join(root, file)))]);
  const listed = declared(pyproject);
  if (listed.length > 0 || requirements.length > 0) return [...requirements, ...listed];
  if (valueOf(setupCfg, 'options', 'install_requires') !== undefined) return [{ kind: 'setup.cfg' }];
  const setupPy = (await readText(join(root, 'setup.py'))) ?? '';
  if (LITERAL_LIST.test(setupPy)) return [{ kind: 'setup.py' }];
  if (isDynamic(pyproject)) return undefined;
  return setupPy !== '' && tableAt(pyproject, 'project') === undefined ? undefined : [];
}

/** A list of nothing but strings in setup.py, which Python can read without running it. */
const LITERAL_LIST = /\binstall_requires\s*=\s*\[(?:\s|,|#[^\n]*\n|"[^"\n]*"|'[^'\n]*')*\]/;

const PRODUCTION_FILES = ['production.txt', 'prod.txt', 'base.txt', 'main.txt'];

/** Where the packages stand that only the development needs. */
export async function developmentPackages(root: string, { pyproject }: ProjectFiles): Promise<Packages[]> {
  const lock = lockOf(root);
  const groups = developmentGroups(pyproject);
  if (lock && (groups.length > 0 || lock.file === 'Pipfile.lock')) return [{ kind: 'lock', lock, groups }];
  const ofPoetry = poetryGroups(pyproject);
  const lists = developmentLists(pyproject);
  const files = readdirSync(root).filter((name) =>
    /^(?:requirements[-_.](?:dev|tests?)|(?:dev|tests?)[-_.]requirements)\.txt$/.test(name),
  );
  return [
    ...(await requirementFiles(root, [...files, ...folderFiles(root, ['dev.txt', 'test.txt', 'local.txt'])])),
    ...(lists.length > 0 ? [{ kind: 'lists', lists } as const] : []),
    ...(ofPoetry.length > 0 ? [{ kind: 'poetry', groups: ofPoetry } as const] : []),
  ];
}

function lockOf(root: string): Lock | undefined {
  return LOCKS.find(({ file, beside }) => existsSync(join(root, file)) && existsSync(join(root, beside)));
}

/** The packages of `[project]`, else those of `[tool.poetry]`. */
function declared(pyproject: Table): Packages[] {
  const project = tableAt(pyproject, 'project');
  if (Array.isArray(project?.dependencies)) return [{ kind: 'lists', lists: [['project', 'dependencies']] }];
  const ofPoetry = tableAt(pyproject, 'tool', 'poetry', 'dependencies');
  return ofPoetry && Object.keys(ofPoetry).some((name) => name !== 'python')
    ? [{ kind: 'poetry', groups: ['main'] }]
    : [];
}

function isDynamic(pyproject: Table): boolean {
  const dynamic = tableAt(pyproject, 'project')?.dynamic;
  return Array.isArray(dynamic) && dynamic.includes('dependencies');
}

/** Files that setuptools reads the packages from. */
function dynamicFiles(pyproject: Table): string[] {
  const file = tableAt(pyproject, 'tool', 'setuptools', 'dynamic', 'dependencies')?.file;
  return isText(file) ? [file] : isListOf(file, isText) ? file : [];
}

function folderFiles(root: string, names: readonly string[]): string[] {
  return names.map((name) => `requirements/${name}`).filter((file) => existsSync(join(root, file)));
}

function developmentGroups(pyproject: Table): string[] {
  const tables = [['dependency-groups'], ['tool', 'poetry', 'group'], ['tool', 'pdm', 'dev-dependencies']];
  const names = tables.flatMap((path) => Object.keys(tableAt(pyproject, ...path) ?? {}));
  const old = tableAt(pyproject, 'tool', 'uv')?.['dev-dependencies'] ?? oldPoetryGroup(pyproject);
  return DEVELOPMENT.filter((name) => names.includes(name) || (name === 'dev' && old !== undefined));
}

function poetryGroups(pyproject: Table): string[] {
  const names = Object.keys(tableAt(pyproject, 'tool', 'poetry', 'group') ?? {});
  const old = oldPoetryGroup(pyproject) ? ['dev'] : [];
  return DEVELOPMENT.filter((name) => [...names, ...old].includes(name));
}

function oldPoetryGroup(pyproject: Table): Table | undefined {
  return tableAt(pyproject, 'tool', 'poetry', 'dev-dependencies');
}

function developmentLists(pyproject: Table): string[][] {
  const groups = DEVELOPMENT.filter((name) => tableAt(pyproject, 'dependency-groups')?.[name] !== undefined);
  const paths = [
    ...withIncluded(pyproject, groups).map((name) => ['dependency-groups', name]),
    ...DEVELOPMENT.map((name) => ['project', 'optional-dependencies', name]),
    ['tool', 'uv', 'dev-dependencies'],
    ...['default', 'test', 'hatch-test'].flatMap((name) =>
      ['dependencies', 'extra-dependencies'].map((key) => ['tool', 'hatch', 'envs', name, key]),
    ),
  ];
  return paths.filter((path) => Array.isArray(tableAt(pyproject, ...path.slice(0, -1))?.[path.at(-1) ?? '']));
}

/** Groups and those that they include (PEP 735). */
function withIncluded(pyproject: Table, names: readonly string[]): string[] {
  const all = new Set(names);
  for (const name of all) {
    const group = tableAt(pyproject, 'dependency-groups')?.[name];
    for (const item of Array.isArray(group) ? group : []) {
      const included = isRecord(item) ? item['include-group'] : undefined;
      // What a command can hold without quotes: others stand in no pyproject.toml that pip would take.
      if (isText(included) && /^[\w.-]+$/.test(included)) all.add(included);
    }
  }
  return [...all];
}
