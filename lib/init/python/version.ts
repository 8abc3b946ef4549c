import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { satisfies } from '@renovatebot/pep440';
import { valueOf } from '../../project/run-cfg/interpolation.js';
import { programPath } from '../../system/programs.js';
import { isText } from '../../text/record.js';
import { UserError } from '../../text/user-error.js';
import { type ProjectFiles, tableAt } from '../../version/project-files.js';
import { pinnedIn } from '../pinned-version.js';
import { poetryAlternatives } from './poetry-constraint.js';

/** Versions of Python that there are images of, the newest first. */
const KNOWN = ['3.14', '3.13', '3.12', '3.11', '3.10', '3.9', '3.8'];

/** Which Pythons a project allows. */
interface Allowed {
  /** Where it is said: `requires-python of pyproject.toml`. */
  where: string;
  /** As it is written there. */
  text: string;
  /** Sets of specifiers as PEP 440 has them, of which one must hold. */
  alternatives: readonly string[];
}

/**
 * The Python of a project's images, such as `3.12`: what a file pins, else the newest that the project allows, else what
 * this machine has.
 *
 * @throws {UserError} `NO_PYTHON` where none that is known is allowed
 */
export async function pythonVersion(root: string, files: ProjectFiles): Promise<string> {
  const pinned = await pinnedVersion(root);
  if (pinned !== undefined) return pinned;
  const allowed = allowedVersions(files, await textOf(root, 'setup.py'));
  if (!allowed) return (await installedVersion()) ?? KNOWN[0] ?? '3';
  const found = KNOWN.find((version) => isAllowed(version, allowed)) ?? exactVersion(allowed);
  if (found !== undefined) return found;
  throw new UserError(
    'NO_PYTHON',
    `${allowed.where} asks for ${JSON.stringify(allowed.text)}, and init knows Python ${KNOWN.at(-1)} to ${KNOWN[0]}: write the version that the images shall have into .python-version.`,
  );
}

/** A tag `python:3.11` is the last release of 3.11. */
function isAllowed(version: string, { alternatives }: Allowed): boolean {
  return alternatives.some((specifiers) => satisfies(`${version}.99`, specifiers));
}

/** `==3.11.4` allows no last release, and is a tag as well. */
function exactVersion({ alternatives }: Allowed): string | undefined {
  return alternatives
    .map((specifiers) => /^==?=?\s*(3\.\d+(?:\.\d+)?)$/.exec(specifiers.trim())?.[1])
    .find((version) => version !== undefined);
}

async function pinnedVersion(root: string): Promise<string | undefined> {
  const pins = await Promise.all([
    pinnedIn(root, '.python-version', /^(3\.\d+)/m),
    pinnedIn(root, '.tool-versions', /^python[ \t]+(3\.\d+)/m),
    pinnedIn(root, 'runtime.txt', /^python-(3\.\d+)/m),
    pinnedIn(root, 'Pipfile', /^python(?:_full)?_version *= *["'](3\.\d+)/m),
  ]);
  return pins.find((version) => version !== undefined);
}

function allowedVersions({ pyproject, setupCfg }: ProjectFiles, setupPy: string): Allowed | undefined {
  const ofProject = tableAt(pyproject, 'project')?.['requires-python'];
  if (isText(ofProject)) return pep440('requires-python of pyproject.toml', ofProject);
  const ofPoetry = tableAt(pyproject, 'tool', 'poetry', 'dependencies')?.python;
  if (isText(ofPoetry))
    return {
      where: 'tool.poetry.dependencies.python of pyproject.toml',
      text: ofPoetry,
      alternatives: poetryAlternatives(ofPoetry),
    };
  const ofSetup = valueOf(setupCfg, 'options', 'python_requires');
  if (ofSetup !== undefined) return pep440('python_requires of setup.cfg', ofSetup);
  const [, ofScript] = /\bpython_requires\s*=\s*["']([^"'\n]+)["']/.exec(setupPy) ?? [];
  return ofScript === undefined ? undefined : pep440('python_requires of setup.py', ofScript);
}

function pep440(where: string, text: string): Allowed {
  return { where, text, alternatives: [text] };
}

async function installedVersion(): Promise<string | undefined> {
  const program = programPath('python3', process.env);
  if (program === undefined) return undefined;
  const said = await promisify(execFile)(program, ['--version'], { timeout: 5_000 }).catch(() => undefined);
  const version = /\b3\.\d+/.exec(said?.stdout ?? '')?.[0];
  return version !== undefined && KNOWN.includes(version) ? version : undefined;
}

async function textOf(root: string, file: string): Promise<string> {
  return readFile(join(root, file), 'utf8').catch(() => '');
}
