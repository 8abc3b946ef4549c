import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { satisfies } from '@renovatebot/pep440';
import { valueOf } from '../project/interpolation.js';
import { UserError } from '../text/user-error.js';
import { readConfiguration } from '../version/configuration.js';
import { type ProjectFiles, readProjectFiles, type Table, tableAt } from '../version/project-files.js';

/** What a Python project needs of its images. */
export interface PythonFacts {
  /** Version of the interpreter, such as `3.11`. */
  version: string;
  /** Files in the project's root that say which packages come from outside. */
  requirements: readonly ('requirements.txt' | 'pyproject.toml')[];
  /** Whether pip can install the project, and whether the packages that it depends on come with it or from the base. */
  install?: 'alone' | 'with its dependencies';
  /** Whether its modules stand in `src/`. */
  inSrc: boolean;
  /** What starts it, as words. */
  command: readonly string[];
  /** How the image is told the version, which stands in `.git` only. */
  toldVersion?: { file: string } | 'by setuptools-scm';
}

/** Versions to choose from where neither the project nor this machine has one that fits, the best first. */
const NEWEST = '3.13';
const OLDER = ['3.12', '3.11', '3.10', '3.9', '3.8'];
const MARKERS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'];

/** @returns undefined for a project that is not one of Python's */
export async function readPython(root: string): Promise<PythonFacts | undefined> {
  if (!MARKERS.some((file) => existsSync(join(root, file)))) return undefined;
  const files = await readProjectFiles(root);
  const project = tableAt(files.pyproject, 'project');
  const folder = existsSync(join(root, 'src')) ? 'src' : '.';
  return {
    version: await pythonVersion(root, project),
    ...installation(root, files),
    inSrc: folder === 'src',
    command: consoleScript(files) ?? moduleCommand(root, folder) ?? scriptCommand(root) ?? ['python'],
    ...(await toldVersion(root)),
  };
}

/** Where the project's requirements stand, and how it is installed itself, if it can be. */
function installation(
  root: string,
  { pyproject, setupCfg }: ProjectFiles,
): Pick<PythonFacts, 'requirements' | 'install'> {
  const has = (file: string) => existsSync(join(root, file));
  const project = tableAt(pyproject, 'project');
  const hasSetup = has('setup.py') || setupCfg.sections.has('metadata');
  const installable = hasSetup || project !== undefined || tableAt(pyproject, 'build-system') !== undefined;
  const isTold = has('requirements.txt') || (project !== undefined && !isDynamic(project));
  return {
    requirements: [
      ...(has('requirements.txt') ? (['requirements.txt'] as const) : []),
      ...(installable && has('pyproject.toml') ? (['pyproject.toml'] as const) : []),
    ],
    ...(installable && { install: isTold ? 'alone' : 'with its dependencies' }),
  };
}

function isDynamic(project: Table): boolean {
  return Array.isArray(project.dynamic) && project.dynamic.includes('dependencies');
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
  const found = ['main.py', 'app.py', 'manage.py'].find((name) => existsSync(join(root, name)));
  return found === undefined ? undefined : ['python', found];
}

/** What `.python-version` says, else what this machine has or what is current, as the project allows. */
async function pythonVersion(root: string, project: Table | undefined): Promise<string> {
  const pinned = await readFile(join(root, '.python-version'), 'utf8').catch(() => '');
  const said = minor(pinned);
  if (said !== undefined) return said;
  const installed = await promisify(execFile)('python3', ['--version'], { timeout: 5_000 })
    .then(({ stdout }) => minor(stdout))
    .catch(() => undefined);
  const allowed = project?.['requires-python'];
  const fits = (version: string) => typeof allowed !== 'string' || satisfies(version, allowed);
  return [...(installed === undefined ? [] : [installed]), NEWEST, ...OLDER].find(fits) ?? NEWEST;
}

function minor(text: string): string | undefined {
  return /\b3\.\d+/.exec(text)?.[0];
}
