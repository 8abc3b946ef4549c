import { DockerfileParser } from 'dockerfile-ast';
import type { RegistryAuth } from '../engine/credentials/credentials.js';
import type { FindLogin } from './session/auth.js';

/** What engines call Docker Hub in their credentials. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** Credentials for the registries that a Dockerfile's FROM lines name: the classic builder takes them beforehand. */
export async function registryLogins(
  dockerfile: string,
  findLogin: FindLogin,
): Promise<Record<string, RegistryAuth> | undefined> {
  const registries = new Set(
    DockerfileParser.parse(dockerfile)
      .getFROMs()
      .map((from) => from.getRegistry() ?? 'docker.io'),
  );
  const logins: Record<string, RegistryAuth> = {};
  for (const registry of registries) {
    const login = await findLogin(registry);
    if (login) logins[registry === 'docker.io' ? DOCKER_HUB : registry] = login;
  }
  return Object.keys(logins).length > 0 ? logins : undefined;
}
