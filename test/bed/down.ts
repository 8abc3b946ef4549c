import { engineFolders, stopEngine } from './engine.js';
import { folders } from './folders.js';
import { forbidForwarding } from './forwarding.js';
import { hostFolders, stopHost } from './host.js';
import { closeTerminals } from './pty.js';
import { registryFolders, stopRegistry } from './registry.js';
import { removeFolder } from './remove-folder.js';

/** Ends every engine, host and registry of this bed, whichever process started it, and removes their data. */
export async function down(): Promise<void> {
  for (const folder of await hostFolders()) await stopHost(folder);
  for (const folder of await registryFolders()) await stopRegistry(folder);
  await closeTerminals();
  for (const folder of await engineFolders()) await stopEngine(folder);
  await forbidForwarding();
  await removeFolder(folders.run);
}
