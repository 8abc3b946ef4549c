import { basename } from 'node:path';
import { daemonOf } from './daemon.js';
import { engineFolders } from './engine.js';
import { findMachine } from './machine.js';

/** What tests have left on the shared engines, a line an engine: containers, and volumes that nobody has named. */
export async function leftBehind(): Promise<string[]> {
  const lines: string[] = [];
  for (const folder of await engineFolders()) {
    const machine = await findMachine(folder);
    if (!machine) continue;
    const { docker } = daemonOf(machine, { inside: folder, outside: folder });
    const containers = (await docker.listContainers({ all: true })).map(({ Names }) => Names[0]);
    const volumes = (await docker.listVolumes()).Volumes.filter(({ Name }) => /^[0-9a-f]{64}$/.test(Name));
    if (containers.length + volumes.length === 0) continue;
    lines.push(
      `left on ${basename(folder)}: ${volumes.length} anonymous volumes, ${containers.length} containers`,
    );
  }
  return lines;
}
