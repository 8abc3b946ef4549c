import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../../version/read-text.js';

/** The program that installs a Node project's packages. */
export interface PackageManager {
  name: 'npm' | 'yarn' | 'pnpm' | 'bun';
  /** Files in the project's root that it needs. */
  files: readonly string[];
  /** Command that makes an image have it, where it does not. */
  setUp?: string;
  install: string;
  /** What makes it leave out packages of the development. */
  production: string;
}

/**
 * The one whose lock file is there; npm without one.
 *
 * @param said what `packageManager` of package.json says: `pnpm@9.15.0+sha512.…`
 */
export async function readManager(root: string, said = ''): Promise<PackageManager> {
  const [, name, version] = /^([a-z]+)@([\w.-]+)/.exec(said) ?? [];
  const locks = LOCK_FILES.filter(({ file }) => existsSync(join(root, file)));
  const lock = locks.find((one) => one.name === name) ?? locks[0];
  const own = CONFIGURATION.filter((file) => existsSync(join(root, file)));
  const files = ['package.json', ...(lock ? [lock.file] : []), ...own];
  const wanted = (package_: string) => `${package_}${name === package_ ? `@${version}` : ''}`;
  switch (lock?.name ?? 'npm') {
    case 'pnpm':
      return {
        name: 'pnpm',
        files,
        setUp: `npm install --global ${wanted('pnpm')}`,
        install: 'pnpm install --frozen-lockfile',
        production: '--prod',
      };
    case 'bun':
      return {
        name: 'bun',
        files,
        setUp: `npm install --global ${wanted('bun')}`,
        install: 'bun install --frozen-lockfile',
        production: '--production',
      };
    case 'yarn':
      return yarn(files, (await readText(join(root, 'yarn.lock'))) ?? '');
    default:
      return { name: 'npm', files, install: lock ? 'npm ci' : 'npm install', production: '--omit=dev' };
  }
}

/** Yarn 1 is in the images of Node; later ones come by corepack, as `packageManager` says. */
function yarn(files: readonly string[], lock: string): PackageManager {
  if (/^__metadata:/m.test(lock))
    return {
      name: 'yarn',
      files,
      setUp: 'npm install --global --force corepack && corepack enable',
      install: 'yarn install --immutable',
      production: '',
    };
  return { name: 'yarn', files, install: 'yarn install --frozen-lockfile', production: '--production' };
}

const LOCK_FILES = [
  { file: 'package-lock.json', name: 'npm' },
  { file: 'npm-shrinkwrap.json', name: 'npm' },
  { file: 'pnpm-lock.yaml', name: 'pnpm' },
  { file: 'yarn.lock', name: 'yarn' },
  { file: 'bun.lock', name: 'bun' },
  { file: 'bun.lockb', name: 'bun' },
] as const;

/** What they read besides. */
const CONFIGURATION = ['.npmrc', '.yarnrc.yml', 'pnpm-workspace.yaml'];
