import { cleanPath } from '../../ignore/clean-path.js';
import { parsePattern } from '../../ignore/pattern.js';
import { type ContextSource, isSymlink } from './source.js';

/**
 * The paths that must be there for these paths to be found: every symbolic link on the way, and where it leads, as
 * BuildKit's file sync works it out. A path may hold wildcards.
 * @returns include patterns; none where the root itself is among them, for then everything is wanted.
 */
export function followLinks(source: ContextSource, paths: readonly string[]): string[] {
  const resolved = new Set<string>();

  function follow(path: string): void {
    const parts = inside(path).split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const current = parts.slice(0, depth).join('/');
      const targets = linkTargets(source, current);
      if (targets.length === 0 && depth < parts.length) continue;
      if (resolved.has(current)) return;
      resolved.add(current);
      for (const target of targets) follow([target, ...parts.slice(depth)].join('/'));
      if (targets.length > 0) return;
    }
  }

  for (const path of paths) follow(path);
  return resolved.has('.') ? [] : [...resolved].sort();
}

/** Where a link leads, or the links that a name with wildcards matches; nothing for anything else. */
function linkTargets(source: ContextSource, path: string): string[] {
  const cut = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(cut, 0));
  const name = path.slice(cut + 1);
  if (/(^|[^\\])[*?[]/.test(name)) {
    const pattern = parsePattern(name);
    const links = source
      .list(folder)
      .filter((node) => pattern?.matches(node.path.slice(folder ? folder.length + 1 : 0)));
    return links.flatMap((node) => linkTargetsOf(source, node.path));
  }
  return linkTargetsOf(source, path);
}

function linkTargetsOf(source: ContextSource, path: string): string[] {
  const entry = path === '.' ? undefined : source.lookup(path);
  if (!entry || !isSymlink(entry)) return [];
  const link = entry.linkname ?? '';
  return [link.startsWith('/') ? link : `/${path.split('/').slice(0, -1).join('/')}/${link}`];
}

/** A path that cannot leave the context: `..` above its root stays there, as in a container. */
function inside(path: string): string {
  return cleanPath(`/${path}`).slice(1) || '.';
}
