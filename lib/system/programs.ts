import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** What Windows takes for programs where PATHEXT does not say so. */
const USUAL = '.COM;.EXE;.BAT;.CMD';

/**
 * By what a program of the PATH is started: by its name, and on Windows by its path. Given a name Windows looks into the
 * working directory first, which may hold what nobody has read: here that counts no more than for git and the docker CLI.
 *
 * @returns undefined where Windows has no such program
 */
export function programPath(name: string, env: Environment): string | undefined {
  return process.platform === 'win32' ? onPath(name, env) : name;
}

/**
 * The same for what may be a batch file, too, which cross-spawn starts: whatever PATHEXT names.
 *
 * @returns undefined where Windows has no such program
 */
export function scriptPath(name: string, env: Environment): string | undefined {
  if (process.platform !== 'win32') return name;
  return onPath(name, env, (variable(env, 'PATHEXT') || USUAL).split(';'));
}

/** The first file that the PATH leads to: one of that name, and on Windows of that name and an extension. */
export function onPath(
  name: string,
  env: Environment,
  extensions: readonly string[] = process.platform === 'win32' ? ['.exe'] : [''],
): string | undefined {
  // As when a program is started: where its environment has no PATH, that of this process counts.
  const folders = (variable(env, 'PATH') ?? variable(process.env, 'PATH') ?? '')
    .split(delimiter)
    .map((each) => each.replace(/^"(.*)"$/, '$1'));
  return folders
    .filter(isAbsolute)
    .flatMap((folder) => extensions.map((extension) => join(folder, `${name}${extension.toLowerCase()}`)))
    .find(isProgram);
}

/** In Windows' own environment it may be `Path`. */
function variable(env: Environment, name: string): string | undefined {
  if (process.platform !== 'win32') return env[name];
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
