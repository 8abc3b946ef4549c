import { tarArchive, type TarEntry, type TarFile } from '../../oci/tar-writer.js';
import { type ContextEntry, isDirectory, isFile, isSymlink, KIND } from './source.js';

/** A file of a context, and its content. */
export interface ContextFile extends Pick<TarFile, 'content'> {
  entry: ContextEntry;
}

/** A tar archive of these files, in their order, in pieces; times in whole seconds, as the docker CLI sends them. */
export function contextArchive(
  files: AsyncIterable<ContextFile> | Iterable<ContextFile>,
): AsyncGenerator<Buffer> {
  return tarArchive(toTar(files));
}

async function* toTar(files: AsyncIterable<ContextFile> | Iterable<ContextFile>): AsyncGenerator<TarFile> {
  for await (const { entry, content } of files) yield { entry: tarEntry(entry), content };
}

export function tarEntry(entry: ContextEntry): TarEntry {
  const { path, mode, size, mtimeNs, linkname, device } = entry;
  const mtime = mtimeNs > 0n ? Number(mtimeNs / 1_000_000_000n) : 0;
  return { path, type: typeOf(entry), mode: mode & 0o7777, size, mtime, linkname, device };
}

function typeOf(entry: ContextEntry): TarEntry['type'] {
  if (isFile(entry)) return entry.linkname === undefined ? 'file' : 'hard link';
  if (isDirectory(entry)) return 'folder';
  if (isSymlink(entry)) return 'symbolic link';
  const kind = entry.mode & KIND.mask;
  if (kind === KIND.fifo) return 'fifo';
  return kind === KIND.blockDevice ? 'block device' : 'character device';
}
