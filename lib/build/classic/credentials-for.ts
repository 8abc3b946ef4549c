import type { Credentials, FindCredentials } from '../../engine/credentials/types.js';
import { partsIn } from '../../oci/reference.js';

/** What engines call Docker Hub in their credentials. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** Credentials for the registries of these images: the classic builder takes them beforehand. */
export async function credentialsFor(
  references: readonly string[],
  credentials: FindCredentials,
): Promise<Record<string, Credentials> | undefined> {
  const all: Record<string, Credentials> = {};
  for (const registry of new Set(references.flatMap((reference) => partsIn(reference)?.registry ?? []))) {
    const found = await credentials(registry, 'pull');
    if (found) all[registry === 'docker.io' ? DOCKER_HUB : registry] = found;
  }
  return Object.keys(all).length > 0 ? all : undefined;
}
