import type { RegistryAuth } from '../../engine/credentials/credentials.js';
import { unary, type GrpcMethods } from './grpc.js';
import { GrpcError, STATUS } from './grpc-call.js';
import { message } from './message.js';

/**
 * Credentials for a registry from the docker configuration, undefined where there are none.
 * @param host as in a reference; Docker Hub may be `docker.io` or `registry-1.docker.io`
 */
export type FindLogin = (host: string) => Promise<RegistryAuth | undefined>;

const CredentialsRequest = message('CredentialsRequest', { Host: 'string' });
const CredentialsResponse = message('CredentialsResponse', { Username: 'string', Secret: 'string' });

/** Answers the engine's requests for credentials, each for the registry that it names and for no other. */
export function authService(findLogin: FindLogin): GrpcMethods {
  const find = async (host: string) => {
    try {
      return await findLogin(host);
    } catch (error) {
      throw new GrpcError(STATUS.unavailable, (error as Error).message);
    }
  };
  return {
    '/moby.filesync.v1.Auth/Credentials': unary(async (request) => {
      const login = await find(String(CredentialsRequest.decode(request).Host));
      // BuildKit takes a secret without a user for an identity token.
      if (login?.identitytoken) return CredentialsResponse.encode({ Secret: login.identitytoken });
      return CredentialsResponse.encode({ Username: login?.username ?? '', Secret: login?.password ?? '' });
    }),
  };
}
