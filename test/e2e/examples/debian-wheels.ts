import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../bed/command.js';
import { folders } from '../../bed/folders.js';
import { type Wheel, wheel, type WheelContents } from './wheel.js';

/**
 * Wheels of real Python packages where no Python index can be reached: made of Debian's packages of them, each of one
 * distribution, which needs those of the others that the Debian package depends on. What has been downloaded stays in
 * the test bed's cache.
 *
 * @param packages names of Debian packages, such as `python3-pytest`
 */
export async function debianWheels(packages: readonly string[]): Promise<Wheel[]> {
  const cache = join(folders.cache, 'debian');
  await mkdir(cache, { recursive: true });
  const missing = packages.filter((name) => !existsSync(join(cache, name)));
  if (missing.length > 0) await download(missing, cache);
  const distributions = await Promise.all(packages.map((name) => readPackage(join(cache, name))));
  const names = new Map(packages.map((name, i) => [name, distributions[i]!.name]));
  return distributions.map(({ depends, ...distribution }) =>
    wheel({ ...distribution, requires: depends.flatMap((name) => names.get(name) ?? []) }),
  );
}

/** Unpacks packages into folders of their names. */
async function download(packages: readonly string[], cache: string): Promise<void> {
  const folder = await mkdtemp(join(cache, 'download-'));
  try {
    const get = () => command(['apt-get', '-q', 'download', ...packages], { cwd: folder });
    await get().catch(async () => {
      process.stderr.write('test bed: fetching the package lists of apt: apt-get update\n');
      await command(['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300', 'update'], { timeout: 300_000 });
      await get();
    });
    for (const file of await readdir(folder)) {
      const name = file.replace(/_.*/s, '');
      await command(['dpkg-deb', '-R', file, name], { cwd: folder });
      await rename(join(folder, name), join(cache, name)).catch(ignoreExisting);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Another process may have been faster. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

interface Distribution extends Omit<WheelContents, 'requires'> {
  /** Names of Debian packages. */
  depends: readonly string[];
}

/** @param folder of the unpacked package */
async function readPackage(folder: string): Promise<Distribution> {
  const distPackages = join(folder, 'usr/lib/python3/dist-packages');
  const entries = await readdir(distPackages, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(distPackages.length + 1));
  const info = paths.map((path) => /^[^/]+\.(?:egg|dist)-info(?=\/)/.exec(path)?.[0]).find(Boolean)!;
  const [control, metadata, entryPoints] = await Promise.all([
    readFile(join(folder, 'DEBIAN/control'), 'utf8'),
    readFile(join(distPackages, info, info.endsWith('.egg-info') ? 'PKG-INFO' : 'METADATA'), 'utf8'),
    readFile(join(distPackages, info, 'entry_points.txt'), 'utf8').catch(() => undefined),
  ]);
  const fields = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map(([, value]) => value!);
  const modules = paths.filter((path) => !path.startsWith(`${info}/`));
  return {
    name: fields(metadata, 'Name')[0]!,
    version: fields(metadata, 'Version')[0]!,
    extras: fields(metadata, 'Provides-Extra'),
    depends: fields(control, 'Depends').flatMap((list) => list.match(/[a-z0-9][a-z0-9+.-]+/g) ?? []),
    entryPoints,
    files: Object.fromEntries(
      await Promise.all(
        modules.map(async (path) => [path, await readFile(join(distPackages, path))] as const),
      ),
    ),
  };
}
