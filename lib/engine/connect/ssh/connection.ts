import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../../credentials/docker-config.js';
import { connectInProcess } from './in-process.js';
import { connectBySystemSsh } from './system.js';
import type { ConnectSsh } from './types.js';

/** Logs in with the system's `ssh` where there is one, else within this process. */
export const connectSsh: ConnectSsh = (target, options) =>
  hasSshProgram(options.env) ? connectBySystemSsh(target, options) : connectInProcess(target, options);

function hasSshProgram({ PATH = '' }: Environment): boolean {
  const name = process.platform === 'win32' ? 'ssh.exe' : 'ssh';
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
