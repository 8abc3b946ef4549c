import { trimmed } from '../../text/trim.js';

/** What stands in a layer. Paths are relative to the root, a character a byte (latin1), since nothing makes them UTF-8. */
export interface LayerIndex {
  /** Bytes of the layer's uncompressed archive. */
  size: number;
  files: readonly IndexedFile[];
  folders: readonly string[];
  /** What is neither a folder nor a file with content of its own: links, devices, empty files. */
  others: readonly string[];
  /** What the layer removes from those below it. */
  whiteouts: readonly string[];
  /** Folders that hide all that lower layers have in them. */
  opaque: readonly string[];
}

/** A file, as far as it is of use: its blocks of {@link BLOCK} bytes, the last one with what remains. */
export interface IndexedFile {
  path: string;
  size: number;
  /** sha256 of each in base64. */
  blocks: readonly string[];
}

/** Bytes of the pieces in which files are compared. */
export const BLOCK = 2 ** 18;

/** Where in a container's file system the bytes of a block are. */
export interface Place {
  path: string;
  offset: number;
  length: number;
}

/** Paths at which a container has the engine's own files in place of the image's. */
const MOUNTED = ['proc', 'sys', 'dev', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf'];

/**
 * The blocks that a container of an image can read, by their hashes.
 *
 * @param layers of the image, base first; lower ones may be missing, which only means fewer blocks
 * @param volumes paths over which a container has something else mounted
 */
export function blocksOf(
  layers: readonly LayerIndex[],
  volumes: readonly string[] = [],
): ReadonlyMap<string, Place> {
  const blocks = new Map<string, Place>();
  /** Folders of upper layers: they hide what is a file there in a lower one. */
  const taken = new Set<string>();
  /** Paths that hide everything at and below them in lower layers. */
  const covered = new Set<string>([...MOUNTED, ...volumes.map((path) => trimmed(path, /\//))]);
  const isVisible = (path: string) =>
    !taken.has(path) && ![path, ...foldersAbove(path)].some((name) => covered.has(name));

  for (const layer of [...layers].reverse()) {
    for (const { path, size, blocks: hashes } of layer.files.filter((file) => isVisible(file.path))) {
      hashes.forEach((hash, i) => {
        const offset = i * BLOCK;
        blocks.set(hash, { path, offset, length: Math.min(BLOCK, size - offset) });
      });
    }
    const { others, whiteouts, opaque, folders } = layer;
    const replacing = [...layer.files.map(({ path }) => path), ...others, ...whiteouts, ...opaque];
    for (const path of replacing) covered.add(path);
    for (const path of [...replacing, ...folders]) for (const name of foldersAbove(path)) taken.add(name);
    for (const path of folders) taken.add(path);
  }
  return blocks;
}

/** The folders in which a path is, the root (`''`) included. */
function foldersAbove(path: string): string[] {
  const names = [''];
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    names.push(path.slice(0, slash));
  }
  return names;
}
