import { printableLine } from '../text/printable.js';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import { type Attributes, InTheWay, staysInside, type UnpackedTree } from './unpacked-tree.js';

/** Something to be unpacked: see `TarFile`. */
export interface PackedFile extends Attributes {
  kind: 'file' | 'folder' | 'link' | 'hard link' | 'other';
  /** Relative; empty for the root. */
  path: string;
  /** Bytes. */
  size: number;
  target: string;
  content: AsyncIterable<Buffer>;
}

/** What came of it. */
export interface Unpacked {
  files: number;
  /** Of the files' contents. */
  bytes: number;
  /** Paths of what is no file, folder or link, of what has a name that is not UTF-8, and of links that lead out. */
  leftOut: readonly string[];
}

export interface UnpackOptions {
  /** Where each is to be. Default: where it says itself. */
  place?: (path: string) => string;
  /** Whether links may lead out of the tree, where nobody follows them but who knows what they are. Default: no. */
  anyLinks?: boolean;
}

/**
 * Unpacks files into a tree, one after the other as they come.
 *
 * @throws {InTheWay}, and what the system says where a file cannot be written
 */
export async function unpack(
  files: AsyncIterable<PackedFile>,
  tree: UnpackedTree,
  { place = (path) => path, anyLinks = false }: UnpackOptions = {},
): Promise<Unpacked> {
  const leftOut: string[] = [];
  const unpacked = { files: 0, bytes: 0, leftOut };
  for await (const file of files) {
    const path = place(file.path);
    const isLeftOut =
      file.kind === 'link' ? !anyLinks && !staysInside(path, file.target) : file.kind === 'other';
    if (isLeftOut) leftOut.push(file.path);
    else await write(tree, path, file);
    if (file.kind === 'file') unpacked.files++;
    unpacked.bytes += file.kind === 'file' ? file.size : 0;
  }
  await tree.finish();
  return unpacked;
}

async function write(tree: UnpackedTree, path: string, file: PackedFile): Promise<void> {
  switch (file.kind) {
    case 'folder':
      // The folder that is written to keeps what it has here.
      return tree.folder(path, path === '' ? undefined : file);
    case 'hard link':
      return tree.hardLink(path, file.target);
    case 'link':
      return tree.link(path, file.target);
    default:
      if (path === '') throw new InTheWay('.');
      await tree.file(path, file, file.content);
  }
}

/** A sentence about what was left out; undefined where nothing was. */
export function leftOutSentence(
  { leftOut: [first, ...others] }: Unpacked,
  whole: string,
): string | undefined {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${printableLine(first)}${more} of ${whole} is left out: ${whyLeftOut('it')}.`;
}

/** @param folder what is not left */
export function whyLeftOut(folder: string): string {
  return `a link that leads out of ${folder}, a name that is not UTF-8, or no file`;
}

/** `OUTPUT_WRITE` for what could not be written to `shown`; any other error as it is. */
export function notWritten(cause: unknown, shown: string): unknown {
  if (cause instanceof InTheWay) {
    const sentence = `${shown} cannot take ${JSON.stringify(cause.path)}, where something of another kind is already: remove that.`;
    return new UserError('OUTPUT_WRITE', sentence, { cause });
  }
  const code = codeOf(cause);
  if (cause instanceof UserError || code === undefined) return cause;
  const sentence = `${shown} cannot be written (${code}): give yourself the right to, free some space, or name another place.`;
  return new UserError('OUTPUT_WRITE', sentence, { cause });
}
