/** What proves to a registry who one is, with the keys that the engine's API wants. */
export interface Credentials {
  username?: string;
  password?: string;
  serveraddress?: string;
  identitytoken?: string;
  registrytoken?: string;
}

/**
 * Finds the credentials for a registry; undefined where there are none.
 *
 * @param registry its host as in a reference; Docker Hub may be `docker.io` or `registry-1.docker.io`
 * @param use what they are wanted for: a push cannot do without, and so not with a broken docker configuration either
 * @throws {UserError} `CREDENTIAL_HELPER`, `BAD_DOCKER_CONFIG`, `UNREADABLE_FILE`
 */
export type FindCredentials = (registry: string, use: 'pull' | 'push') => Promise<Credentials | undefined>;
