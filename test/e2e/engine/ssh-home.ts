import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectInProcess } from '../../../lib/engine/connect/ssh/in-process/in-process.js';
import { connectBySystemSsh } from '../../../lib/engine/connect/ssh/program/system.js';
import type { BedHost } from '../../bed/index.js';

/** Both ways to log in; every test of ssh runs over each. */
export const implementations = {
  'the ssh program': connectBySystemSsh,
  'this process alone': connectInProcess,
};

/** The home folder of somebody who uses ssh. */
export interface SshHome {
  folder: string;
  /** Without an agent; the ssh program is made to read this home's configuration. */
  env: NodeJS.ProcessEnv;
  knownHostsFile: string;
  configure(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a home in which `host` is known and its key is at hand. */
export async function sshHome(host: Pick<BedHost, 'identityFile' | 'knownHostsFile'>): Promise<SshHome> {
  const folder = await mkdtemp(join(tmpdir(), 'ssh-home-'));
  const configFile = join(folder, '.ssh', 'config');
  const knownHostsFile = join(folder, '.ssh', 'known_hosts');
  await mkdir(join(folder, '.ssh'), { mode: 0o700 });
  await mkdir(join(folder, 'bin'));
  await writeFile(knownHostsFile, await readFile(host.knownHostsFile));
  // The ssh program looks for its files in the home of the account, whatever HOME says.
  await writeFile(join(folder, 'bin', 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${configFile}' "$@"\n`);
  await chmod(join(folder, 'bin', 'ssh'), 0o755);
  const home: SshHome = {
    folder,
    env: {
      ...process.env,
      HOME: folder,
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      SSH_AUTH_SOCK: undefined,
      SSH_KEY: undefined,
    },
    knownHostsFile,
    configure: (text) => writeFile(configFile, `${text}\nHost *\n  UserKnownHostsFile ${knownHostsFile}\n`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  await home.configure(`IdentityFile ${host.identityFile}`);
  return home;
}
