import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { valueOf } from '../../project/run-cfg/interpolation.js';
import { isText } from '../../text/record.js';
import { UserError } from '../../text/user-error.js';
import { readConfiguration } from '../../version/configuration.js';
import { type ProjectFiles, readProjectFiles, tableAt } from '../../version/project-files.js';
import { readText } from '../../version/read-text.js';
import { LOCKS } from './locks.js';
import { developmentPackages, type Packages, productionPackages } from './packages.js';
import { pythonVersion } from './version.js';

/** What a Python project needs of its images. */
export interface PythonFacts {
  /** Version of the interpreter, such as `3.11`. */
  version: string;
  /** Where the packages stand that it needs. */
  packages: readonly Packages[];
  /** Where those stand that only its development needs. */
  development: readonly Packages[];
  /** Whether pytest is among them. */
  hasPytest: boolean;
  /** Whether pip can install the project, and whether the packages that it depends on come with it or from the base. */
  install?: 'alone' | 'with its dependencies';
  /** What builds it: `hatchling.build`. */
  backend?: string;
  /** Whether there is a pyproject.toml. */
  hasPyproject: boolean;
  /** Whether its modules stand in `src/`. */
  inSrc: boolean;
  /** What starts it, as words. */
  command: readonly string[];
  /** The port that it listens to. */
  port?: number;
  /** How the image is told the version, which stands in `.git` only. */
  toldVersion?: { file: string } | 'by setuptools-scm';
}

const MARKERS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'requirements', 'Pipfile'];

/**
 * @returns undefined for a project that is not one of Python's
 * @throws {UserError} `BAD_TOML`, `NO_PYTHON`
 */
export async function readPython(root: string): Promise<PythonFacts | undefined> {
  if (!isPython(root)) return undefined;
  const files = await readProjectFiles(root);
  const folder = existsSync(join(root, 'src')) ? 'src' : '.';
  const packages = await productionPackages(root, files);
  const development = await developmentPackages(root, files);
  const backend = tableAt(files.pyproject, 'build-system')?.['build-backend'];
  return {
    version: await pythonVersion(root, files),
    packages: packages ?? [],
    development,
    hasPytest: await namesPytest(root, development),
    ...(isInstallable(root, files) && { install: packages ? 'alone' : 'with its dependencies' }),
    ...(isText(backend) && { backend }),
    hasPyproject: existsSync(join(root, 'pyproject.toml')),
    inSrc: folder === 'src',
    ...starting(root, folder, files),
    ...(await toldVersion(root)),
  };
}

/** Whether a project is one of Python's. */
export function isPython(root: string): boolean {
  return MARKERS.some((file) => existsSync(join(root, file)));
}

/** Whether pip makes a package of the project: uv and Poetry have projects that are none. */
function isInstallable(root: string, { pyproject, setupCfg }: ProjectFiles): boolean {
  const ofPoetry = tableAt(pyproject, 'tool', 'poetry')?.['package-mode'];
  const ofUv = tableAt(pyproject, 'tool', 'uv')?.package;
  if (ofPoetry === false || ofUv === false) return false;
  if (existsSync(join(root, 'setup.py')) || setupCfg.sections.has('metadata')) return true;
  if (tableAt(pyproject, 'build-system') !== undefined || ofUv === true) return true;
  return tableAt(pyproject, 'project') !== undefined && !existsSync(join(root, 'uv.lock'));
}

async function namesPytest(root: string, development: readonly Packages[]): Promise<boolean> {
  if (development.length === 0) return false;
  const files = development.flatMap((packages) =>
    packages.kind === 'requirements' ? [...packages.files, ...packages.beside] : ['pyproject.toml'],
  );
  const locked = development.some(({ kind }) => kind === 'lock') ? LOCKS.map(({ file }) => file) : [];
  const texts = await Promise.all([...files, ...locked].map((file) => readText(join(root, file))));
  return texts.some((text) => /(?<![\w-])pytest(?![\w-])/.test(text ?? ''));
}

async function toldVersion(root: string): Promise<Pick<PythonFacts, 'toldVersion'>> {
  try {
    const configuration = await readConfiguration(root);
    if (configuration.scheme === 'git') return {};
    if (configuration.scheme === 'versioneer')
      return { toldVersion: { file: configuration.versionfileSource } };
    return { toldVersion: 'by setuptools-scm' };
  } catch (error) {
    // Every build will say what is wrong with it.
    if (error instanceof UserError) return {};
    throw error;
  }
}

function starting(root: string, folder: string, files: ProjectFiles): Pick<PythonFacts, 'command' | 'port'> {
  if (existsSync(join(root, 'manage.py')))
    return { command: ['python', 'manage.py', 'runserver', '0.0.0.0:8000'], port: 8000 };
  const command = consoleScript(files) ?? moduleCommand(root, folder) ?? scriptCommand(root);
  return { command: command ?? ['python'] };
}

/** The first script that `[project.scripts]` or setup.cfg's console_scripts names. */
function consoleScript({ pyproject, setupCfg }: ProjectFiles): string[] | undefined {
  const scripts = tableAt(pyproject, 'project', 'scripts') ?? tableAt(pyproject, 'tool', 'poetry', 'scripts');
  const listed = valueOf(setupCfg, 'options.entry_points', 'console_scripts');
  const name = Object.keys(scripts ?? {})[0] ?? /^[ \t]*([\w.-]+)[ \t]*=/m.exec(listed ?? '')?.[1];
  return name === undefined ? undefined : [name];
}

function moduleCommand(root: string, folder: string): string[] | undefined {
  const found = readdirSync(join(root, folder)).find((name) =>
    existsSync(join(root, folder, name, '__main__.py')),
  );
  return found === undefined ? undefined : ['python', '-m', found];
}

function scriptCommand(root: string): string[] | undefined {
  const found = ['main.py', 'app.py'].find((name) => existsSync(join(root, name)));
  return found === undefined ? undefined : ['python', found];
}
