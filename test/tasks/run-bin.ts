import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { compiled } from '../program.js';

/** Starts a command from the sources, on the engine of this URL. */
export function startBin(
  [name = '', ...args]: readonly string[],
  cwd: string,
  url: string,
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [compiled(`bin/${name}.ts`), ...args], {
    cwd,
    env: { ...process.env, DOCKER_HOST: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a command from the sources to its end. */
export async function runBin(words: readonly string[], cwd: string, url: string) {
  const child = startBin(words, cwd, url);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { output: stdout + stderr, status };
}
