import { cleanPath } from '../../oci/tar-reader.js';
import type { SplitFile } from './tar-split.js';

/**
 * How many bytes of a layer's files must be held at most to put it together from the archive of its folder. An engine writes
 * that archive as Go's filepath.Walk goes: the names of each folder sorted by their bytes. A build's layers have that order
 * too; what somebody has imported may have any.
 *
 * @param files in the layer's order
 */
export function bytesHeldFor(files: readonly SplitFile[]): number {
  // What separates folders comes before all that can stand in a name.
  const keys = files.map(({ path }) => (cleanPath(path) ?? path).replaceAll('/', '\0'));
  const sizes = new Map(keys.map((key, index) => [key, files[index]?.size ?? 0]));
  const stored = [...sizes.keys()].sort(compareBytes);
  let next = 0;
  const held = new Map<string, number>();
  let bytes = 0;
  let most = 0;
  for (const key of keys) {
    const known = held.get(key);
    if (known !== undefined) {
      held.delete(key);
      bytes -= known;
      continue;
    }
    for (let other; (other = stored[next++]) !== undefined && other !== key;) {
      const size = sizes.get(other) ?? 0;
      held.set(other, size);
      bytes += size;
    }
    most = Math.max(most, bytes);
  }
  return most;
}

const compareBytes = (a: string, b: string) => (a < b ? -1 : Number(a > b));
