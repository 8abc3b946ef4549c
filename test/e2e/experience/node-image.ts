import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bed, type BedEngine } from '../../bed/index.js';

const execute = promisify(execFile);

/** Makes, out of the bed's Python image, an image with this machine's Node and npm, of the name that Node's own has. */
export async function makeNodeImage(engine: BedEngine, name: string): Promise<void> {
  await bed.baseImages(engine.docker, ['python:3.11-slim']);
  const folder = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-node-'));
  try {
    const { stdout } = await execute('npm', ['root', '--global']);
    await cp(process.execPath, join(folder, 'node'));
    await cp(join(stdout.trim(), 'npm'), join(folder, 'npm'), { recursive: true });
    const lines = [
      'FROM python:3.11-slim',
      'COPY node /usr/local/bin/node',
      'COPY npm /usr/local/lib/node_modules/npm',
      'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && chmod +x /usr/local/bin/node',
      'CMD ["node"]',
    ];
    await writeFile(join(folder, 'Dockerfile'), lines.join('\n'));
    await execute(await bed.dockerCli(), ['build', '-t', name, folder], {
      env: { ...process.env, ...engine.env },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A package of npm with one file, `index.js`. @returns its archive, and the sum of that as lock files have it */
export async function npmPackage(name: string, text: string): Promise<{ bytes: Buffer; integrity: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-npm-'));
  try {
    const file = join(folder, 'package', 'index.js');
    await mkdir(dirname(file));
    await writeFile(file, text);
    await writeFile(join(folder, 'package/package.json'), JSON.stringify({ name, version: '1.0.0' }));
    await execute('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder });
    const bytes = await readFile(join(folder, 'package.tgz'));
    return { bytes, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
