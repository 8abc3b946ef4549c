import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../../credentials/docker-config.js';
import { connectInProcess } from './in-process/in-process.js';
import { connectDirectly } from './program/direct.js';
import { connectBySystemSsh } from './program/system.js';
import type { ConnectSsh } from './types.js';

/** Logs in with the system's `ssh` where there is one, else within this process. */
export const connectSsh: ConnectSsh = (target, options) => {
  if (!hasSshProgram(options.env)) return connectInProcess(target, options);
  return process.platform === 'win32'
    ? connectDirectly(target, options)
    : connectBySystemSsh(target, options);
};

function hasSshProgram(env: Environment): boolean {
  const name = process.platform === 'win32' ? 'ssh.exe' : 'ssh';
  // In Windows' own environment it is `Path`.
  const [, path = ''] = Object.entries(env).find(([variable]) => variable.toUpperCase() === 'PATH') ?? [];
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
