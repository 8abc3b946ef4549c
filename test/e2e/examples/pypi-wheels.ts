import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../bed/command.js';
import { folders } from '../../bed/folders.js';
import type { Wheel } from './wheel.js';

/** Wheels of packages of PyPI and of all that they need, as pip of this machine finds them; they stay in the bed's cache. */
export async function pypiWheels(packages: readonly string[]): Promise<Wheel[]> {
  const cache = join(folders.cache, `pypi-${packages.join('-')}`);
  if (!existsSync(cache)) {
    await mkdir(folders.cache, { recursive: true });
    const folder = await mkdtemp(`${cache}.`);
    try {
      const pip = [
        'python3',
        '-m',
        'pip',
        'download',
        '--quiet',
        '--only-binary',
        ':all:',
        '--python-version',
        '3.11',
      ];
      await command([...pip, '--dest', folder, ...packages]);
      await rename(folder, cache);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return Promise.all(
    (await readdir(cache)).map(async (fileName) => ({
      project: (fileName.split('-', 1)[0] ?? '').toLowerCase().replace(/[_.]+/g, '-'),
      fileName,
      bytes: await readFile(join(cache, fileName)),
    })),
  );
}
