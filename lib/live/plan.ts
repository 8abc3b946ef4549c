import { statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { UserError } from '../text/user-error.js';

/** A folder or file of this machine that the container would have. */
interface Bind {
  source: string;
  target: string;
  readOnly: boolean;
}

/** What of a container's configuration says where something else is mounted. */
interface Mounts {
  Volumes: Record<string, unknown>;
  HostConfig: {
    Binds: readonly string[] | null;
    Mounts?: readonly { Target?: string }[];
    Tmpfs?: Record<string, string>;
    ReadonlyRootfs: boolean;
  };
}

/** A folder of the project that a volume of the container follows, or one file of it. */
export interface SyncedTree {
  /** Absolute path of a folder. */
  source: string;
  /** Of the folder this file alone. */
  only?: string;
  /** Where it goes: a path within a volume (`''` is its root), or a file in the container's own file system. */
  to: { volume: number; path: string } | { file: string };
  /** Paths below the folder that something else stands for in the container. */
  hidden: readonly string[];
}

/** What is kept current, and how. */
export interface SyncPlan {
  /** Names of the volumes, each in the place of one folder. */
  volumes: readonly string[];
  trees: readonly SyncedTree[];
  /** What no docker line says, for whoever reads along. */
  comments: readonly string[];
}

/** Where a project's files are, and how its volumes are called. */
export interface SyncPlace {
  /** The project's folder. */
  root: string;
  /** Begins the volumes' names. */
  prefix: string;
}

/**
 * What takes the place of a bind where its files are not to be had otherwise: of a folder of the project a volume, of a
 * file nothing. What lies outside of the project is the engine's own.
 *
 * @throws {UserError} `NOTHING_TO_SYNC` for what is not there
 */
export function placeOfBind(
  { source }: Pick<Bind, 'source'>,
  { root, prefix }: SyncPlace,
): { volume: string } | 'nothing' | undefined {
  const path = pathBelow(root, source);
  if (path === undefined) return undefined;
  if (isFile(source)) return 'nothing';
  // The name tells what is in it; two folders of one name differ in the rest of their paths.
  return { volume: `${prefix}-${path === '' ? 'project' : path.replace(/[^\w.]+/g, '-')}` };
}

/**
 * Computes what is kept current.
 *
 * @param binds those that {@link placeOfBind} has taken the place of
 * @param mounts the container's configuration, with these volumes in it
 * @throws {UserError} `READ_ONLY` for a single file in a container that cannot be written to
 */
export function planSync(binds: readonly Bind[], mounts: Mounts, place: SyncPlace): SyncPlan {
  const folders = binds.filter(({ source }) => !isFile(source));
  const volumeOf = ({ source }: Bind) => {
    const found = placeOfBind({ source }, place);
    return typeof found === 'object' ? found.volume : '';
  };
  const volumes = [...new Set(folders.map(volumeOf))];
  const targets = mountTargets(mounts, binds);
  const trees: SyncedTree[] = [];
  for (const [number, volume] of volumes.entries()) {
    const same = folders.filter((bind) => volumeOf(bind) === volume);
    const [first] = same;
    if (!first) continue;
    // What is hidden in one place may be seen in another where the folder is mounted twice.
    const hidden = same.length === 1 ? pathsBelow(first.target, targets) : [];
    trees.push({ source: first.source, to: { volume: number, path: '' }, hidden });
  }
  for (const { source, target } of binds.filter((bind) => isFile(bind.source))) {
    const holder = longest(folders.filter((folder) => pathBelow(folder.target, target) !== undefined));
    const path = holder && pathBelow(holder.target, target);
    if (!path && mounts.HostConfig.ReadonlyRootfs) throw readOnly(source, target);
    const to = holder && path ? { volume: volumes.indexOf(volumeOf(holder)), path } : { file: target };
    trees.push({ source: dirname(source), only: basename(source), to, hidden: [] });
  }
  return { volumes, trees, comments: binds.map((bind) => commentOf(bind, place.root)) };
}

/** The path from a folder to what is in it, with forward slashes, `''` for itself; undefined for what is not in it. */
export function pathBelow(folder: string, path: string): string | undefined {
  const between = relative(folder, path);
  if (between === '..' || between.startsWith(`..${sep}`) || between.startsWith(sep)) return undefined;
  return sep === '\\' ? between.replaceAll('\\', '/') : between;
}

function isFile(source: string): boolean {
  try {
    const stat = statSync(source);
    if (stat.isFile()) return true;
    if (stat.isDirectory()) return false;
  } catch {
    throw nothingThere(source, 'there is nothing');
  }
  throw nothingThere(source, 'it is neither a folder nor a file');
}

function nothingThere(source: string, why: string): UserError {
  return new UserError(
    'NOTHING_TO_SYNC',
    `${source} is to be mounted, but ${why} that could be kept current: make the folder, or take it out of "volumes".`,
  );
}

function readOnly(source: string, target: string): UserError {
  return new UserError(
    'READ_ONLY',
    `${source} cannot be kept current at ${target} in a container whose root is read-only: mount the folder that it is in.`,
  );
}

/** Everywhere in the container where something else stands than what its folder says. */
function mountTargets(
  { Volumes, HostConfig: { Binds, Mounts = [], Tmpfs = {} } }: Mounts,
  binds: readonly Bind[],
): string[] {
  return [
    ...binds.map(({ target }) => target),
    ...Object.keys(Volumes),
    ...(Binds ?? []).map((bind) => bind.split(':')[1] ?? ''),
    ...Mounts.map(({ Target = '' }) => Target),
    ...Object.keys(Tmpfs),
  ];
}

function pathsBelow(folder: string, paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => pathBelow(folder, path) || []))];
}

function longest(folders: readonly Bind[]): Bind | undefined {
  return [...folders].sort((a, b) => b.target.length - a.target.length)[0];
}

function commentOf({ source, target }: Bind, root: string): string {
  return `# ${target} is kept as ${join('.', pathBelow(root, source) ?? source)} is here`;
}
