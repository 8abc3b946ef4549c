import type { ProjectVersion } from './types.js';

/**
 * The image labels of a version, by the names of the OCI image specification; what nobody knows is left out.
 *
 * `created` is the date of the commit, not the time of the build: a label that changed with every build would give each
 * build of the same sources another image id, and no cache nor transfer would find anything unchanged.
 */
export function versionLabels({ dictionary }: ProjectVersion): Record<string, string> {
  const { version, error, date, 'full-revisionid': revision } = dictionary;
  return {
    ...(error === null && { 'org.opencontainers.image.version': version }),
    ...(revision !== null && { 'org.opencontainers.image.revision': revision }),
    ...(date !== null && { 'org.opencontainers.image.created': rfc3339(date) }),
  };
}

/** The version as the tag of an image: `1.2+3.g0123abc` is `1.2-3.g0123abc`; 128 characters at most. */
export function versionTag({ dictionary }: ProjectVersion): string {
  return dictionary.version
    .replace(/[^\w.-]/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128);
}

/** versioneer writes the offset as git does, `+0200`; RFC 3339 wants a colon in it. */
function rfc3339(date: string): string {
  return date.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
}
