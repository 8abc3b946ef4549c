import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineDaemon, engineFolders, engineOf } from './engine.js';
import { findMachine } from './machine.js';

/** Milliseconds that an engine may take to remove what has ended. */
const PATIENCE = 30_000;

/**
 * What tests have left on the shared engines, a line each: containers, and volumes that nobody has named.
 *
 * @param before what had been there; without it, what is there now is told at once
 */
export async function leftBehind(before?: readonly string[]): Promise<string[]> {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(500)) {
    const lines = (await everything()).filter((line) => !before?.includes(line));
    if (!before || lines.length === 0 || Date.now() > deadline) return lines;
  }
}

async function everything(): Promise<string[]> {
  const lines: string[] = [];
  for (const folder of await engineFolders()) {
    const machine = await findMachine(folder);
    if (!machine) continue;
    const { docker } = engineDaemon(engineOf(folder), machine);
    const left = `left on ${basename(folder)}:`;
    const containers = await docker.listContainers({ all: true }).catch(({ message }: Error) => {
      // podman 4.3 may keep half of a container that was removed twice at once, and then lists none.
      lines.push(`${left} what cannot be listed: ${message}`);
      return [];
    });
    const volumes = (await docker.listVolumes()).Volumes.filter(({ Name }) => /^[0-9a-f]{64}$/.test(Name));
    for (const { Names, Image, Command } of containers)
      lines.push(`${left} container ${Names[0] ?? ''} of ${Image}, ${Command}`);
    for (const { Name } of volumes) lines.push(`${left} anonymous volume ${Name}`);
  }
  return lines;
}
