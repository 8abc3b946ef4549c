import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bed, type BedEngine } from '../../test/bed/index.js';
import { noise, prose } from '../../test/e2e/transfer/workbench.js';

const execute = promisify(execFile);

/** Debian's larger packages of python3. */
const PACKAGES = [
  ...['numpy', 'scipy', 'pandas', 'pandas-lib', 'sympy', 'matplotlib', 'sklearn', 'sklearn-lib', 'django'],
  ...[
    'statsmodels',
    'statsmodels-lib',
    'skimage-lib',
    'networkx',
    'twisted',
    'sphinx',
    'astropy',
    'botocore',
  ],
  ...['jedi', 'sqlalchemy'],
].map((name) => `python3-${name}`);

/** Brings the files of the first so many of Debian's python3 packages into a folder: 420 MB of all, 300 MB of 14. */
export async function unpackPackages(folder: string, count = PACKAGES.length): Promise<void> {
  const packages = mkdtempSync(join(tmpdir(), 'bench-packages-'));
  const words = ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...PACKAGES.slice(0, count)];
  await execute('apt-get', words, { cwd: packages });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(packages)) await execute('dpkg-deb', ['-x', join(packages, name), folder]);
  rmSync(packages, { recursive: true });
}

/** Writes files of some kilobytes each, a hundred to a folder. */
export function plantSmallFiles(folder: string, count: number): void {
  for (let number = 0; number < count; number++) {
    const inner = join(
      folder,
      `package${Math.floor(number / 10_000)}`,
      `part${Math.floor(number / 100) % 100}`,
    );
    if (number % 100 === 0) mkdirSync(inner, { recursive: true });
    const words = Array.from(
      { length: 20 + (number % 50) },
      (_, i) => `value_${number}_${i} = ${i * number}\n`,
    );
    writeFileSync(join(inner, `module${number}.py`), words.join(''));
  }
}

/** What an image is made of: fills the folder of its context, and gives the lines of its Dockerfile below FROM. */
type Maker = (context: string) => Promise<string[]> | string[];

const oneTree =
  (plant: (folder: string) => Promise<void> | void): Maker =>
  async (context) => {
    await plant(join(context, 'tree'));
    return ['COPY tree /tree'];
  };

/** The images that transfers are measured with. */
export const IMAGES: Readonly<Record<string, Maker>> = {
  packages: oneTree(unpackPackages),
  noise(context) {
    writeFileSync(join(context, 'noise'), noise(400e6));
    writeFileSync(join(context, 'prose'), prose(100e6));
    return ['COPY noise /noise', 'COPY prose /prose'];
  },
  'five layers'(context) {
    const names = ['one', 'two', 'three', 'four', 'five'];
    for (const name of names) writeFileSync(join(context, name), noise(100e6));
    return names.map((name) => `COPY ${name} /${name}`);
  },
  'small files': oneTree((folder) => plantSmallFiles(folder, 150_000)),
  'more small files': oneTree((folder) => plantSmallFiles(folder, 500_000)),
  'tiny layers'(context) {
    const numbers = Array.from({ length: 120 }, (_, i) => i);
    for (const i of numbers)
      writeFileSync(join(context, `file${i}`), `${i} ${randomBytes(100).toString('hex')}`);
    return numbers.map((i) => `COPY file${i} /file${i}`);
  },
};

/** Builds an image on top of busybox, and a second one of which the topmost layer differs. */
export async function buildImages(engine: BedEngine, kind: string, name: string): Promise<void> {
  const make = IMAGES[kind];
  if (!make) throw new Error(`There is no image "${kind}": ${Object.keys(IMAGES).join(', ')}.`);
  const context = mkdtempSync(join(tmpdir(), 'bench-image-'));
  try {
    const lines = await make(context);
    for (const tag of ['1', '2']) {
      writeFileSync(join(context, 'app'), noise(2e6));
      writeFileSync(
        join(context, 'Dockerfile'),
        ['FROM busybox:latest', ...lines, 'COPY app /app', ''].join('\n'),
      );
      await execute(await bed.dockerCli(), ['build', '-q', '-t', `${name}:${tag}`, context], {
        env: { ...process.env, ...engine.env, DOCKER_BUILDKIT: '0', DOCKER_CLI_HINTS: 'false' },
      });
    }
  } finally {
    rmSync(context, { recursive: true });
  }
}
