import type { ProjectVersion } from './types.js';

/** A version and where it is from, as people are told: `1.2.0 (versioneer, from git)`, `1.2.0 (from git)`, `0+unknown`. */
export function toldVersion({ dictionary, scheme, source }: ProjectVersion): string {
  const facts = [scheme === 'git' ? [] : scheme, source === 'none' ? [] : `from ${source}`].flat();
  return facts.length > 0 ? `${dictionary.version} (${facts.join(', ')})` : dictionary.version;
}
