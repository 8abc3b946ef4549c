import { cleanPath } from '../../oci/tar-reader.js';
import type { SplitFile } from './tar-split.js';

/**
 * How many bytes of a layer's files must be held at most to put it together from the archive of its folder. An engine writes
 * that archive as Go's filepath.Walk goes: the names of each folder sorted by their bytes. A build's layers have nearly
 * that order; what somebody has imported may have any.
 *
 * @param files in the layer's order
 */
export function bytesHeldFor(files: readonly SplitFile[]): number {
  if (areInOrder(files)) return 0;
  const keyed = files.map(({ path, size }) => ({ key: keyOf(path), size, isHeld: false }));
  const stored = keyed.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  let next = 0;
  let bytes = 0;
  let most = 0;
  for (const file of keyed) {
    if (file.isHeld) {
      bytes -= file.size;
      continue;
    }
    for (let other; (other = stored[next++]) !== undefined && other !== file;) {
      other.isHeld = true;
      bytes += other.size;
    }
    most = Math.max(most, bytes);
  }
  return most;
}

/** Whether they stand as they are stored, as most do: told without a list, for a layer may have very many. */
function areInOrder(files: readonly SplitFile[]): boolean {
  let before = '';
  return files.every(({ path }) => {
    const key = keyOf(path);
    const isNext = before <= key;
    before = key;
    return isNext;
  });
}

/** What separates folders comes before all that can stand in a name. */
function keyOf(path: string): string {
  return (cleanPath(path) ?? path).replaceAll('/', '\0');
}
