import { basename, dirname, posix } from 'node:path';
import type { Output } from '../../project/settings/outputs.js';
import { commandLine } from '../../text/command-line.js';

/** What the docker command line would be told to copy the outputs of a container, one command for each. */
export function copyLines(name: string, outputs: readonly Output[], cliFlags: readonly string[]): string[] {
  return outputs.map(({ from, to }) => {
    // Of the same name, docker cp puts a folder's files to those that are there, and a file too.
    const target = posix.basename(from) === basename(to) ? dirname(to) : to;
    return commandLine(['docker', ...cliFlags, 'cp', `${name}:${from}`, target]);
  });
}

/** What would remove it behind that. */
export function removalLine(name: string, cliFlags: readonly string[]): string {
  return commandLine(['docker', ...cliFlags, 'rm', '-f', '-v', name]);
}
