import { basename, join } from 'node:path';
import { engineFolders } from './engine.js';
import { findMachine } from './machine.js';

/** What is up, one a line: its name and its socket. */
export async function status(): Promise<string> {
  const lines: string[] = [];
  for (const folder of await engineFolders()) {
    const state = (await findMachine(folder)) ? `unix://${join(folder, 'docker.sock')}` : 'not running';
    lines.push(`${basename(folder)}\t${state}`);
  }
  return lines.join('\n') || 'nothing is up';
}
