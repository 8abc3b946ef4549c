import { rmSync, writeFileSync } from 'node:fs';
import { UserError } from '../text/user-error.js';
import type { BuildFlags } from './flags/index.js';

type ResultFiles = Pick<BuildFlags, 'iidFile' | 'metadataFile'>;

/** The ID of an image that was built before shall not stand for one that fails. */
export function removeIdFile({ iidFile }: ResultFiles = {}): void {
  if (iidFile !== undefined) attempt(iidFile, () => rmSync(iidFile, { force: true }));
}

/**
 * Writes the files of `--iidfile` and `--metadata-file` as buildx does.
 *
 * @param told what the engine tells of the image, by BuildKit's names
 * @throws {UserError} `RESULT_FILE`
 */
export function writeResultFiles(
  { iidFile, metadataFile }: ResultFiles,
  told: Readonly<Record<string, string>>,
): void {
  const id = told['containerimage.config.digest'] ?? told['containerimage.digest'];
  if (iidFile !== undefined && id !== undefined) attempt(iidFile, () => writeFileSync(iidFile, id));
  if (metadataFile === undefined) return;
  const known = Object.entries(told)
    .filter(([key]) => /^(containerimage|buildx\.build)\./.test(key) || key === 'image.name')
    .map(([key, value]): [string, unknown] => [key, decoded(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(Object.fromEntries(known), null, 2);
  attempt(metadataFile, () => writeFileSync(metadataFile, text));
}

/** BuildKit hides objects in base64. */
function decoded(value: string): unknown {
  try {
    const found: unknown = JSON.parse(Buffer.from(value, 'base64').toString());
    return typeof found === 'object' && found !== null ? found : value;
  } catch {
    return value;
  }
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it fails';
    const sentence = `${path}, which the flags of the build name, cannot be written (${reason}): make its folder, or name another file.`;
    throw new UserError('RESULT_FILE', sentence, { cause });
  }
}
