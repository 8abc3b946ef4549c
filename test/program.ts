import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.cache/programs');
const ready = new Map<string, string>();

/**
 * A program of the sources as one file, for Node to start: compiling several hundred modules at each start, as tsx does,
 * takes most of two seconds of a core. It is made once in a process, of what the sources are then.
 *
 * @param source where it is, below the project's folder
 * @returns the path of the file
 */
export function compiled(source: string | URL): string {
  const path = typeof source === 'string' ? join(root, source) : fileURLToPath(source);
  const known = ready.get(path);
  if (known) return known;
  const { outputFiles } = buildSync({
    entryPoints: [path],
    bundle: true,
    write: false,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
  });
  const contents = outputFiles[0]?.contents ?? Buffer.alloc(0);
  // The same sources have the same name, whoever else makes the file at this moment.
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const file = join(folder, `${basename(path, '.ts')}-${hash}.mjs`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, contents);
    renameSync(`${file}.${process.pid}`, file);
  }
  ready.set(path, file);
  return file;
}
