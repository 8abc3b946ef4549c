import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { messageOf } from '../text/thrown.js';
import { cleanPath } from './tar-reader.js';

/** What a tar archive has, in a form in which it can be put somewhere. */
export interface TarFile {
  kind: 'file' | 'folder' | 'link' | 'hard link' | 'other';
  /** Relative, without `.` and `..`; empty for the archive's own root. */
  path: string;
  /** Of permissions alone: nothing that runs as somebody else. */
  mode: number;
  modified: Date;
  /** Bytes. */
  size: number;
  /** What a link says, as it is; of a hard link a path like `path`. */
  target: string;
  /** To be read before the next file is asked for: what is left of it then is passed over. */
  content: AsyncIterable<Buffer>;
}

/** What is no archive, or not all of one. */
export class BrokenArchive extends Error {}

/** An archive that would write somewhere else than below the folder that it is unpacked in. */
export class UnsafePath extends BrokenArchive {
  constructor(readonly path: string) {
    super(`the archive has ${JSON.stringify(path)}, which leads out of it`);
  }
}

/**
 * The files of an archive, as they come.
 *
 * @throws {UnsafePath} for a name that leads out, {@link BrokenArchive}; what the stream fails with
 */
export async function* filesOfTar(archive: Readable): AsyncGenerator<TarFile> {
  const entries = extract();
  const flow = pipeline(archive, entries);
  flow.catch(() => undefined); // The loop below fails with the same error.
  // What has broken off says why; what has come to its end is to blame itself.
  const explained = (error: unknown) =>
    error instanceof BrokenArchive || archive.errored
      ? error
      : new BrokenArchive(messageOf(error), { cause: error });
  try {
    for await (const entry of entries) {
      yield { ...described(entry.header), content: explaining(contentOf(entry), explained) };
      entry.resume();
    }
    await flow;
  } catch (error) {
    throw explained(error);
  } finally {
    archive.destroy();
  }
}

async function* explaining(
  content: AsyncIterable<Buffer>,
  explained: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    throw explained(error);
  }
}

const KINDS: Readonly<Record<string, TarFile['kind']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'link',
  link: 'hard link',
};

function described({ name, type, mode = 0, mtime, size = 0, linkname }: Header): Omit<TarFile, 'content'> {
  const target = linkname ?? '';
  // What is no UTF-8 has become U+FFFD: two such names may have become one, and none of them is the file's.
  const isNamed = !`${name}${target}`.includes('\ufffd');
  const kind = isNamed ? (KINDS[type ?? 'file'] ?? 'other') : 'other';
  return {
    kind,
    path: inside(name),
    mode: mode & 0o777,
    modified: mtime ?? new Date(0),
    size,
    target: kind === 'hard link' ? inside(target) : target,
  };
}

function inside(name: string): string {
  if (/^[./]*$/.test(name) && !name.split('/').includes('..')) return '';
  const path = cleanPath(name);
  if (path === undefined) throw new UnsafePath(name);
  return path;
}

/**
 * The chunks of a file. Iterates by hand, without `return()`: a reader that stops early must not destroy the archive, as
 * `for await` over `entry` would.
 */
export async function* contentOf(entry: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  const chunks = entry[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let chunk = await chunks.next(); !chunk.done; chunk = await chunks.next()) yield chunk.value;
}
