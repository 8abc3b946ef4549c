import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Packs this package as npm publishes it, with what stands in dist/ already: to make that anew would take it away from
 * the tests beside this one.
 *
 * @param folder where to put it
 * @returns absolute path of the tarball
 */
export async function packInto(folder: string): Promise<string> {
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: new URL('../..', import.meta.url) });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return join(folder, filename);
}
