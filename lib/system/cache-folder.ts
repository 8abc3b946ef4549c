import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { homeFolder } from './account.js';

/** Where this user's programs of this package keep what can be made again: in `XDG_CACHE_HOME`, else `~/.cache`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CACHE_HOME || join(homeFolder(env), '.cache'), 'gulp-dockerutils');
}

/**
 * What this user's machine is known by from one run to the next: a random ID in the cache folder. The host's name will
 * not do, since on a Mac it changes with the network; it is taken where the folder cannot be written.
 */
export function machineId(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const folder = cacheFolder(env);
  const file = join(folder, 'machine-id');
  return read(file) ?? make(folder, file) ?? hostname();
}

function make(folder: string, file: string): string | undefined {
  const own = `${file}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(own, `${randomUUID()}\n`, { mode: 0o600 });
    try {
      linkSync(own, file); // If two processes do this at once, the first one's file counts.
    } finally {
      rmSync(own);
    }
  } catch {
    // Another process has made the file, or it cannot be made: read what is there.
  }
  return read(file);
}

function read(file: string): string | undefined {
  try {
    return /^[0-9a-f-]{36}$/.exec(readFileSync(file, 'utf8').trim())?.[0];
  } catch {
    return undefined;
  }
}
