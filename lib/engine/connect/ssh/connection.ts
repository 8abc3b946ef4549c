import { onPath } from '../../../system/programs.js';
import { connectInProcess } from './in-process/in-process.js';
import { connectDirectly } from './program/direct.js';
import { connectBySystemSsh } from './program/system.js';
import type { ConnectSsh } from './types.js';

/** Logs in with the system's `ssh` where there is one, else within this process. */
export const connectSsh: ConnectSsh = (target, options) => {
  if (onPath('ssh', options.env) === undefined) return connectInProcess(target, options);
  return process.platform === 'win32'
    ? connectDirectly(target, options)
    : connectBySystemSsh(target, options);
};
