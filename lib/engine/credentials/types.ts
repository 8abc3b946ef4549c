/** What proves to a registry who one is, with the keys that the engine's API wants. */
export interface Credentials {
  username?: string;
  password?: string;
  email?: string;
  serveraddress?: string;
  identitytoken?: string;
  registrytoken?: string;
}

/**
 * Finds the credentials for a registry; undefined where there are none.
 *
 * @param registry its host as in a reference; Docker Hub may be `docker.io` or `registry-1.docker.io`
 * @throws {UserError} `CREDENTIAL_HELPER`, `BAD_DOCKER_CONFIG`
 */
export type FindCredentials = (registry: string) => Promise<Credentials | undefined>;
