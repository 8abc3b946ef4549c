import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';

/** A `--ssh` value: an agent's socket or private keys, by the id that instructions mount them by. */
export interface SshFlag {
  id: string;
  /** None stands for the agent of SSH_AUTH_SOCK. */
  paths: string[];
}

/** `default`, or `id[=socket|key[,key…]]`. */
export function readSsh(text: string): SshFlag {
  const [id, paths = ''] = cut(text, '=');
  if (id === '') throw new ValueError('ssh: an id is missing before the paths, such as `default`');
  return { id, paths: paths.split(',').filter((path) => path !== '') };
}
