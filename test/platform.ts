import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { split } from 'shlex';
import { commandLine } from '../lib/text/command-line.js';

/** What a test does as if on another platform: `process.platform` says so until it has ended. */
export async function onPlatform<T>(platform: NodeJS.Platform, act: () => T | Promise<T>): Promise<T> {
  const real = process.platform;
  Object.defineProperty(process, 'platform', { value: platform });
  try {
    return await act();
  } finally {
    Object.defineProperty(process, 'platform', { value: real });
  }
}

/** Why tests are left out on Windows, and where it is imitated (test/windows); docs/platforms.md lists them. */
export const NOT_ON_WINDOWS = {
  modes: 'Windows has no modes, owners or special files',
  names: 'no file of Windows has such a name',
  sockets: 'Windows has no sockets in folders',
  scripts: 'it starts a script with `#!`, or programs that only POSIX systems have',
  loading: 'where Windows is imitated, only what is imported is changed for it',
  watching: 'where Windows is imitated, folders are watched as on Linux, which does not tell all of them',
} as const;

/** Whether it is the imitation of test/windows. */
const isImitated = process.env.NODE_OPTIONS?.includes('test/windows/register.mjs') ?? false;

const ONLY_IMITATED = new Set<keyof typeof NOT_ON_WINDOWS>(['loading', 'watching']);

/** Why tests run on Linux alone; docs/platforms.md lists them, too. */
export const ONLY_ON_LINUX = {
  programs: "programs of an engine's side run here, which are for Linux",
  signals: 'the numbers of signals are those of Linux',
  processes: 'what it says of processes stands in /proc',
} as const;

/**
 * `it`, or `describe`, for what means nothing on Windows: there it defines what is left out, with the reason in its title,
 * by which test/reporter.cjs counts.
 */
export function onPosix<Define extends Mocha.TestFunction | Mocha.SuiteFunction>(
  reason: keyof typeof NOT_ON_WINDOWS,
  define: Define,
): Define | Define['skip'] {
  if (process.platform !== 'win32' || (ONLY_IMITATED.has(reason) && !isImitated)) return define;
  return leftOut(define, `not on Windows: ${NOT_ON_WINDOWS[reason]}`);
}

/** The same for what is for Linux alone. */
export function onLinux<Define extends Mocha.TestFunction | Mocha.SuiteFunction>(
  reason: keyof typeof ONLY_ON_LINUX,
  define: Define,
): Define | Define['skip'] {
  return process.platform === 'linux' ? define : leftOut(define, `only on Linux: ${ONLY_ON_LINUX[reason]}`);
}

function leftOut<Define extends Mocha.TestFunction | Mocha.SuiteFunction>(
  define: Define,
  why: string,
): Define['skip'] {
  const skip = define.skip as (title: string, body: never) => unknown;
  return ((title: string, body: never) => skip(`${title} (${why})`, body)) as Define['skip'];
}

/**
 * Where a server of a test listens, for a file or a pipe of that name.
 *
 * @param file the path of a socket, on POSIX systems
 * @returns what to listen at, and the URL for DOCKER_HOST
 */
export function localSocket(file: string): { path: string; url: string } {
  if (process.platform !== 'win32') return { path: file, url: `unix://${file}` };
  const name = file.replace(/[\\/:]+/g, '-');
  return { path: `\\\\.\\pipe\\${name}`, url: `npipe:////./pipe/${name}` };
}

/**
 * Writes a program as this platform has them: a script with `#!`, and on Windows a batch file as npm writes them.
 *
 * @param script what Node runs
 * @returns a PATH that leads to it first
 */
export function writeProgram(folder: string, name: string, script: string): string {
  if (process.platform === 'win32') {
    writeFileSync(join(folder, `${name}.js`), script);
    writeFileSync(join(folder, `${name}.cmd`), `@"${process.execPath}" "%~dp0${name}.js" %*\r\n`);
  } else {
    writeFileSync(join(folder, name), `#!${process.execPath}\n${script}`, { mode: 0o755 });
  }
  return [folder, process.env.PATH ?? ''].join(delimiter);
}

/** A line for a POSIX shell as it is printed on this platform. */
export function printed(line: string): string {
  return commandLine(split(line));
}
