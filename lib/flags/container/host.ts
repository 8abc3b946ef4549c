import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ValueError } from '../../text/flag-error.js';
import { codeOf, messageOf } from '../../text/thrown.js';
import type { Proxies } from '../proxies.js';

/** What flags take from the machine of the one who runs: every part can be replaced. */
export interface Host {
  /** Gives `-e NAME` and bare names of an `--env-file` their values. Default: process.env. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. Default: the working directory. */
  directory: string;
  /** Content of a file (absolute path) that `--env-file`, `--label-file` or a seccomp profile names. Default: fs. */
  readFile: (path: string) => string | Uint8Array;
  /** Proxies of the docker configuration, which become variables of the container. Default: none. */
  proxies: Proxies;
}

export function hostOf(options: Partial<Host>): Host {
  return {
    environment: options.environment ?? process.env,
    directory: resolve(options.directory ?? '.'),
    proxies: options.proxies ?? {},
    readFile: options.readFile ?? ((path) => readFileSync(path)),
  };
}

/**
 * The content of a file that a flag names.
 * @throws {ValueError} with the path as the flag has it
 */
export function readNamedFile(host: Host, path: string): string | Uint8Array {
  if (path === '') throw new ValueError('open : no such file or directory');
  try {
    return host.readFile(resolve(host.directory, path));
  } catch (error) {
    throw new ValueError(faultOf(path, error));
  }
}

function faultOf(path: string, error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return `open ${path}: no such file or directory`;
  if (code === 'EACCES') return `open ${path}: permission denied`;
  if (code === 'EISDIR') return `read ${path}: is a directory`;
  return `open ${path}: ${messageOf(error)}`;
}
