import { createReadStream, existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type Docker from 'dockerode';
import { command } from './command.js';
import { folders } from './folders.js';
import { type ImageConfig, writeImageArchive } from './image-archive.js';
import { withLock } from './lock.js';
import { removeFolder } from './remove-folder.js';
import { databaseRoot, lockerRoot, pythonRoot, suiteRoot } from './suite.js';

const PYTHON: ImageConfig = {
  Cmd: ['python3'],
  Env: ['PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
};
const DATABASE_PATH = 'PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin';

/** Images that are made here instead of being pulled, with what the official ones have that tests rely on. */
const baseImages = {
  'busybox:latest': { root: busyboxRoot, config: { Cmd: ['sh'], Env: ['PATH=/bin:/usr/bin:/sbin'] } },
  'python:3.11-slim': { root: pythonRoot, config: PYTHON },
  'lockers:trixie': { root: lockerRoot, config: PYTHON },
  'postgres:15': {
    root: databaseRoot,
    config: {
      Cmd: ['postgres', '-D', '/var/lib/postgresql/data'],
      Env: [DATABASE_PATH],
      User: 'postgres',
      ExposedPorts: { '5432/tcp': {} },
    },
  },
  'redis:7': {
    root: databaseRoot,
    config: {
      Cmd: ['redis-server', '--protected-mode', 'no', '--save', ''],
      Env: [DATABASE_PATH],
      User: 'redis',
      ExposedPorts: { '6379/tcp': {} },
    },
  },
} satisfies Record<string, { root: () => Promise<string>; config: ImageConfig }>;

export type BaseImage = keyof typeof baseImages;

/** Only tests of the outermost circle need it, and it takes minutes to make. */
const SELDOM: BaseImage = 'lockers:trixie';

export const baseImageNames = (Object.keys(baseImages) as BaseImage[]).filter((name) => name !== SELDOM);

/**
 * Loads those of the images into an engine that it does not have: the same bytes, hence the same layers, everywhere.
 * Where they cannot be made, a developer's own engine may be able to pull the official ones instead.
 */
export async function loadBaseImages(
  docker: Docker,
  names: readonly BaseImage[] = baseImageNames,
): Promise<void> {
  for (const name of names) {
    if (await isThere(docker, name)) continue;
    try {
      await drain(await docker.loadImage(createReadStream(await baseImageArchive(name)), { quiet: true }));
    } catch (error) {
      await pull(docker, name).catch(() => Promise.reject(error as Error)); // why it could not be made says more
    }
    if (!(await isThere(docker, name))) throw new Error(`The engine did not take the base image ${name}.`);
  }
}

/** Path of the image's archive, as `docker load` takes it; made once, then cached. */
export async function baseImageArchive(name: BaseImage): Promise<string> {
  const { root, config } = baseImages[name];
  const rootFolder = await root();
  // The root's name ends in its recipe's digest, so a new recipe makes a new archive.
  const [, recipe = ''] = basename(rootFolder).split('-');
  const [kind = ''] = name.split(':');
  const folder = join(folders.cache, 'images');
  const archive = join(folder, `${kind}-${recipe}.tar`);
  if (existsSync(archive)) return archive;
  return withLock(`image-${kind}`, async () => {
    if (existsSync(archive)) return archive;
    await mkdir(folder, { recursive: true });
    for (const old of await readdir(folder))
      if (old.startsWith(`${kind}-`)) await removeFolder(join(folder, old));
    await writeImageArchive({ archive, reference: name, root: rootFolder, config });
    return archive;
  });
}

/** busybox with a link for each of its applets, and the folders and accounts that programs expect. */
async function busyboxRoot(): Promise<string> {
  const suite = await suiteRoot('bookworm');
  const root = join(folders.cache, 'roots', `busybox-${suite.slice(suite.lastIndexOf('-') + 1)}`);
  if (existsSync(root)) return root;
  return withLock('root-busybox', async () => {
    if (existsSync(root)) return root;
    const partial = await mkdtemp(`${root}.partial-`);
    for (const folder of [
      'bin',
      'dev',
      'etc',
      'home',
      'proc',
      'root',
      'sys',
      'usr/bin',
      'usr/sbin',
      'var/tmp',
    ])
      await mkdir(join(partial, folder), { recursive: true });
    await symlink('bin', join(partial, 'sbin'));
    await command(['install', '-d', '-m', '1777', join(partial, 'tmp'), join(partial, 'var/tmp')]);
    await cp(join(suite, 'usr/bin/busybox'), join(partial, 'bin/busybox'));
    const applets = await command([join(partial, 'bin/busybox'), '--list']);
    for (const applet of applets.trim().split('\n')) {
      if (applet !== 'busybox') await symlink('busybox', join(partial, 'bin', applet));
    }
    await writeFile(
      join(partial, 'etc/passwd'),
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/home:/bin/false\n',
    );
    await writeFile(join(partial, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
    await command(['chmod', '755', partial]);
    await removeFolder(root);
    await rename(partial, root);
    return root;
  });
}

async function isThere(docker: Docker, name: string): Promise<boolean> {
  const found = await docker.listImages({ filters: JSON.stringify({ reference: [name] }) });
  return found.length > 0;
}

async function pull(docker: Docker, name: string): Promise<void> {
  await drain(await docker.pull(name));
  if (!(await isThere(docker, name))) throw new Error(`${name} cannot be pulled.`);
}

async function drain(stream: NodeJS.ReadableStream): Promise<void> {
  for await (const chunk of stream) void chunk;
}
