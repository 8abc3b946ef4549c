import type { ContextEntry, ContextSource } from './source.js';
import { inByteOrder } from './source.js';

/**
 * The same context with more names in its root, each showing a file that stands elsewhere in it. A name that is there
 * already is left as it is.
 * @param additions name in the root -> path of the file it shows
 */
export function withAdditions(source: ContextSource, additions: ReadonlyMap<string, string>): ContextSource {
  const added = (name: string): ContextEntry | undefined => {
    const shown = additions.get(name);
    if (shown === undefined || source.lookup(name)) return undefined;
    const entry = source.lookup(shown);
    return entry && { ...entry, path: name, identity: undefined };
  };
  return {
    key: source.key,
    list(folder) {
      const nodes = source.list(folder);
      if (folder !== '') return nodes;
      const byName = new Map(nodes.map((node) => [node.path, node]));
      for (const name of additions.keys()) {
        if (!byName.has(name) && added(name))
          byName.set(name, { path: name, directory: false, entry: () => added(name) });
      }
      return inByteOrder([...byName.keys()]).flatMap((name) => byName.get(name) ?? []);
    },
    lookup: (path) => source.lookup(path) ?? added(path),
    *content(entry) {
      const shown = source.lookup(entry.path) ? undefined : additions.get(entry.path);
      yield* source.content(shown === undefined ? entry : { ...entry, path: shown });
    },
  };
}
