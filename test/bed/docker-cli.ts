import { chmod, mkdir, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from './folders.js';
import { suiteRoot } from './suite.js';

/**
 * A real docker command line, 28.5 with buildx, for comparisons; it stands alone in a folder, which may go on PATH,
 * and is there until the bed is taken down.
 * @returns the absolute path of a program named `docker`.
 */
export async function dockerCli(): Promise<string> {
  const root = await realpath(await suiteRoot('forky'));
  const folder = join(folders.run, 'bin');
  const path = join(folder, 'docker');
  await mkdir(folder, { recursive: true });
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, script(root));
  await chmod(partial, 0o755);
  await rename(partial, path);
  return path;
}

/** Its plugins must be at their place below /usr/libexec; all else that it sees is the machine's. */
const script = (root: string) => `#!/bin/sh
exec unshare --mount --propagation slave sh -ec '
  mount -t overlay -o "lowerdir=${root}/usr/libexec:/usr/libexec" overlay /usr/libexec
  exec "${root}/usr/bin/docker" "$@"
' docker "$@"
`;
