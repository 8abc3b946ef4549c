import { DockerfileParser } from 'dockerfile-ast';
import type { Credentials, FindCredentials } from '../engine/credentials/types.js';
import { partsIn } from '../oci/reference.js';

/** What engines call Docker Hub in their credentials. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** Credentials for the registries that a Dockerfile's FROM lines name: the classic builder takes them beforehand. */
export async function dockerfileCredentials(
  dockerfile: string,
  credentials: FindCredentials,
): Promise<Record<string, Credentials> | undefined> {
  const registries = new Set(
    DockerfileParser.parse(dockerfile)
      .getFROMs()
      .map((from) => partsIn(from.getImage() ?? '')?.registry ?? 'docker.io'),
  );
  const all: Record<string, Credentials> = {};
  for (const registry of registries) {
    const found = await credentials(registry);
    if (found) all[registry === 'docker.io' ? DOCKER_HUB : registry] = found;
  }
  return Object.keys(all).length > 0 ? all : undefined;
}
