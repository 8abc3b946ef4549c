import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, isText } from '../text/record.js';
import { UserError } from '../text/user-error.js';

/** What a project's package.json says. */
export interface NodeFacts {
  /** Major version of the Node that runs here. */
  version: string;
  /** Whether a `.js` file is an ES module. */
  esm: boolean;
  /** Whether package-lock.json is there. */
  locked: boolean;
  /** What starts it, as words. */
  command: readonly string[];
  /** Names of all packages that it depends on, in development too. */
  packages: readonly string[];
  /** Whether there is something to start or to install, and not tools for the development alone. */
  runs: boolean;
}

interface Manifest {
  type?: string;
  main?: string;
  bin?: string | Record<string, string>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/**
 * @returns undefined where there is no package.json
 * @throws {UserError} `BAD_PACKAGE` where it cannot be read
 */
export async function readNode(root: string): Promise<NodeFacts | undefined> {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = await readManifest(file);
  return {
    version: process.versions.node.replace(/\..*/, ''),
    esm: manifest.type === 'module',
    locked: existsSync(join(root, 'package-lock.json')),
    command: commandOf(manifest),
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
  const { type, main, bin, scripts, dependencies, devDependencies } = value;
  return {
    ...(isText(type) && { type }),
    ...(isText(main) && { main }),
    bin: isText(bin) ? bin : textsIn(bin),
    scripts: textsIn(scripts),
    dependencies: textsIn(dependencies),
    devDependencies: textsIn(devDependencies),
  };
}

function textsIn(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (isText(text) ? [[key, text]] : [])),
  );
}

function commandOf({ scripts, bin, main }: Manifest): string[] {
  if (scripts?.start !== undefined) return ['npm', 'start'];
  const [program] = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
  return ['node', program ?? main ?? 'index.js'];
}
