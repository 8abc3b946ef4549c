import { createHash } from 'node:crypto';
import type Vinyl from 'vinyl';
import { cleanPath } from '../../ignore/clean-path.js';
import { UserError } from '../../text/user-error.js';
import { type ContextEntry, type ContextNode, type ContextSource, inByteOrder, KIND } from './source.js';

/** Well below the largest message that engines take. */
const PIECE = 1 << 20;

/** A file of a pipeline as an entry of a context, with its content. */
export interface HeldFile {
  entry: ContextEntry;
  content?: Buffer;
}

/**
 * Files that a pipeline made, as a context of their own; of two with the same path the later one counts.
 * @param key see {@link ContextSource.key}
 */
export function filesContext(files: Iterable<HeldFile>, key: string): ContextSource {
  const held = new Map<string, HeldFile>();
  const children = new Map<string, Set<string>>([['', new Set()]]);
  for (const file of files) {
    held.set(file.entry.path, file);
    addToFolders(file.entry.path, children);
  }
  const lookup = (path: string): ContextEntry | undefined =>
    held.get(path)?.entry ?? (children.has(path) && path !== '' ? folderEntry(path) : undefined);
  const node = (path: string): ContextNode => ({
    path,
    directory: children.has(path),
    entry: () => (children.has(path) && !isFolder(held.get(path)) ? folderEntry(path) : lookup(path)),
  });
  return {
    key,
    list: (folder) => inByteOrder([...(children.get(folder) ?? [])]).map(node),
    lookup,
    content: (entry) => pieces(held.get(entry.path)?.content),
  };
}

/** A content in pieces that a message of the session can hold. */
export function* pieces(content: Buffer = Buffer.alloc(0)): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE) yield content.subarray(at, at + PIECE);
}

/**
 * @param content none for a folder or a link
 * @throws {UserError} `CONTEXT_PATH` for a path that leads out of the context
 */
export function heldFile(file: Vinyl, content?: Buffer): HeldFile {
  const path = contextPath(file);
  const permissions = file.stat?.mode === undefined ? undefined : file.stat.mode & 0o7777;
  if (file.isDirectory())
    return { entry: { ...folderEntry(path), mode: KIND.directory | (permissions ?? 0o755) } };
  if (file.isSymbolic()) {
    const linkname = 'symlink' in file && typeof file.symlink === 'string' ? file.symlink : '';
    return { entry: { path, mode: KIND.symlink | 0o777, size: 0, mtimeNs: 0n, linkname } };
  }
  return madeFile(path, content, { permissions, modified: file.stat?.mtime });
}

/**
 * A file that stands nowhere on disk, or shall not be taken for one that does. The engine takes a file of the same size
 * and time for the same file, but its content may be another though its source is unchanged: so the fraction of the
 * second stands for the content.
 */
export function madeFile(
  path: string,
  content: Buffer = Buffer.alloc(0),
  { permissions = 0o644, modified }: { permissions?: number; modified?: Date | null } = {},
): HeldFile {
  const milliseconds = modified?.getTime() ?? 0;
  const seconds = BigInt(Math.floor((Number.isFinite(milliseconds) ? milliseconds : 0) / 1000));
  const fraction = createHash('sha256').update(content).digest().readUInt32BE(0) % 1_000_000_000;
  const mtimeNs = seconds * 1_000_000_000n + BigInt(fraction);
  return { entry: { path, mode: KIND.file | permissions, size: content.length, mtimeNs }, content };
}

/** A file's path in the context: relative to its base, with forward slashes. */
function contextPath(file: Vinyl): string {
  const path = cleanPath(file.relative.replaceAll('\\', '/'));
  if (path !== '.' && path !== '..' && !path.startsWith('../') && !path.startsWith('/')) return path;
  throw new UserError(
    'CONTEXT_PATH',
    `${file.path} cannot go into the context, for it lies outside of its base ${file.base}.`,
  );
}

function folderEntry(path: string): ContextEntry {
  return { path, mode: KIND.directory | 0o755, size: 0, mtimeNs: 0n };
}

function isFolder(file: HeldFile | undefined): boolean {
  return file !== undefined && (file.entry.mode & KIND.mask) === KIND.directory;
}

function addToFolders(path: string, children: Map<string, Set<string>>): void {
  let below = path;
  for (let cut = path.lastIndexOf('/'); ; cut = below.lastIndexOf('/')) {
    const folder = cut < 0 ? '' : below.slice(0, cut);
    const known = children.get(folder);
    if (known) known.add(below);
    else children.set(folder, new Set([below]));
    if (known || folder === '') return;
    below = folder;
  }
}
