import type { ScmConfiguration } from './settings.js';
import { badTag } from './tag.js';

/**
 * Takes `TAG-DISTANCE-gHEX`, or a bare tag, apart (`_git_parse_describe` of setuptools-scm).
 *
 * @throws {UserError} `BAD_TAG` for a tag with hyphens of its own that a describe command without `--long` printed
 */
export function parseDescribed(
  described: string,
  configuration: ScmConfiguration,
): { name: string; distance: number; node: string | null } {
  const [, name, distance, node] = /^(.*)-([^-]*)-([^-]*)$/.exec(described) ?? [];
  if (name === undefined || node === undefined) return { name: described, distance: 0, node: null };
  if (!/^\d+$/.test(distance ?? '')) throw badTag(described, configuration);
  return { name, distance: Number(distance), node };
}
