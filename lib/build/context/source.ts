/** One file, folder, link or special file of a build context. Owner and group are always 0:0, as the docker CLI sends. */
export interface ContextEntry {
  /** Relative to the context's root, with forward slashes. */
  path: string;
  /** As Unix knows it: the kind (`S_IFMT`) and the permission bits. */
  mode: number;
  /** Bytes of a regular file, 0 for everything else. */
  size: number;
  /** Nanoseconds since 1970. */
  mtimeNs: bigint;
  /** Target of a symbolic link; for a regular file the path of an earlier entry that it is a hard link to. */
  linkname?: string;
  /** Equal for all names (hard links) of one file; absent if the file has one name only. */
  identity?: string;
  /** Device numbers, of a character or block device. */
  device?: { major: number; minor: number };
}

/** A name in a folder of the context; what it costs to know more (an lstat) is paid only where it is asked for. */
export interface ContextNode {
  path: string;
  directory: boolean;
  /** @throws {UserError} `CONTEXT_UNREADABLE`; undefined where it has vanished or cannot be sent (a socket). */
  entry(): ContextEntry | undefined;
}

/**
 * Where the files of a context come from: a folder, or files that a pipeline made. Both ways to an engine (the
 * session's FileSync and the tar of the classic builder) read it through `walk()`.
 */
export interface ContextSource {
  /** Two builds with the same key send each other's difference only. */
  readonly key: string;
  /** What stands in a folder (`''` is the root), in the byte order of its names. */
  list(folder: string): readonly ContextNode[];
  /** One entry by its path, undefined where there is none. Symbolic links are not followed. */
  lookup(path: string): ContextEntry | undefined;
  /**
   * A regular file's content: exactly `entry.size` bytes, in pieces, each of which holds until the next is asked for.
   * @throws {UserError} `CONTEXT_UNREADABLE`, or `CONTEXT_CHANGED` where it is no longer what `entry` says.
   */
  content(entry: ContextEntry): Iterable<Buffer>;
}

/** The bits of `ContextEntry.mode` that say what an entry is. */
export const KIND = {
  mask: 0o170000,
  fifo: 0o010000,
  characterDevice: 0o020000,
  directory: 0o040000,
  blockDevice: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
} as const;

export const isDirectory = (entry: ContextEntry) => (entry.mode & KIND.mask) === KIND.directory;
export const isFile = (entry: ContextEntry) => (entry.mode & KIND.mask) === KIND.file;
export const isSymlink = (entry: ContextEntry) => (entry.mode & KIND.mask) === KIND.symlink;

/** Sorts names as their UTF-8 bytes do, which BuildKit insists on; JavaScript's own order is that of UTF-16. */
export function inByteOrder(names: string[]): string[] {
  names.sort();
  // Order by UTF-8 bytes and by UTF-16 units differs only for names with surrogates.
  return names.some((name) => /[\ud800-\uffff]/.test(name))
    ? names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    : names;
}
