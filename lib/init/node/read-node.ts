import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, isText } from '../../text/record.js';
import { UserError } from '../../text/user-error.js';
import { type PackageManager, readManager } from './manager.js';
import { nodeVersion } from './version.js';

/** What a project's package.json says. */
export interface NodeFacts {
  /** What stands for the version in a tag of the image `node`, such as `24`. */
  image: string;
  /** Whether a `.js` file is an ES module. */
  esm: boolean;
  /** What installs its packages. */
  manager: PackageManager;
  /** Whether something is to be built before it starts. */
  builds: boolean;
  /** What starts it, as words. */
  command: readonly string[];
  /** Names of all packages that it depends on, in development too. */
  packages: readonly string[];
  /** Whether there is something to start or to install, and not tools for the development alone. */
  runs: boolean;
}

interface Manifest {
  type?: string;
  packageManager?: string;
  engines?: Record<string, string>;
  main?: string;
  bin?: string | Record<string, string>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/**
 * @returns undefined where there is no package.json
 * @throws {UserError} `BAD_PACKAGE` where it cannot be read, `NO_NODE`
 */
export async function readNode(root: string): Promise<NodeFacts | undefined> {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = await readManifest(file);
  const manager = await readManager(root, manifest.packageManager);
  return {
    image: await nodeVersion(root, manifest.engines?.node),
    esm: manifest.type === 'module',
    manager,
    builds: manifest.scripts?.build !== undefined,
    command: commandOf(manifest, manager.name),
    packages: Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
    runs: hasProgram(root, manifest),
  };
}

function hasProgram(root: string, { scripts, bin, main, dependencies }: Manifest): boolean {
  const said = scripts?.start ?? bin ?? (Object.keys(dependencies ?? {}).length > 0 || undefined);
  return said !== undefined || existsSync(join(root, main ?? 'index.js'));
}

async function readManifest(file: string): Promise<Manifest> {
  try {
    return manifestIn(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new UserError('BAD_PACKAGE', 'package.json cannot be read as JSON: mend it first.', { cause });
  }
}

function manifestIn(value: unknown): Manifest {
  if (!isRecord(value)) throw new TypeError('it is no object');
  const { type, main, packageManager, bin, ...tables } = value;
  return {
    ...(isText(type) && { type }),
    ...(isText(main) && { main }),
    ...(isText(packageManager) && { packageManager }),
    bin: isText(bin) ? bin : textsIn(bin),
    engines: textsIn(tables.engines),
    scripts: textsIn(tables.scripts),
    dependencies: textsIn(tables.dependencies),
    devDependencies: textsIn(tables.devDependencies),
  };
}

function textsIn(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (isText(text) ? [[key, text]] : [])),
  );
}

function commandOf({ scripts, bin, main }: Manifest, manager: PackageManager['name']): string[] {
  if (scripts?.start !== undefined) return [manager, ...(manager === 'bun' ? ['run'] : []), 'start'];
  const [program] = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
  return ['node', program ?? main ?? 'index.js'];
}
