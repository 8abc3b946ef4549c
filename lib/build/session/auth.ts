import { status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import type { RegistryAuth } from '../../engine/credentials.js';
import { codec, method, type SessionService } from './service.js';
import { messageType } from './messages.js';

/**
 * Credentials for a registry from the docker configuration, undefined where there are none.
 * @param host as in a reference; Docker Hub may be `docker.io` or `registry-1.docker.io`
 */
export type FindLogin = (host: string) => Promise<RegistryAuth | undefined>;

/** Answers the engine's requests for credentials, each for the registry that it names and for no other. */
export function authService(findLogin: FindLogin): SessionService {
  const credentials = async (host: string) => {
    const login = await findLogin(host);
    // BuildKit takes a secret without a user for an identity token.
    if (login?.identitytoken) return { Username: '', Secret: login.identitytoken };
    return { Username: login?.username ?? '', Secret: login?.password ?? '' };
  };
  return {
    definition: {
      Credentials: method(
        '/moby.filesync.v1.Auth/Credentials',
        codec(CredentialsRequest),
        codec(CredentialsResponse),
      ),
    },
    implementation: {
      Credentials: (call: ServerUnaryCall<{ Host: string }, object>, reply: sendUnaryData<object>) => {
        credentials(call.request.Host).then(
          (answer) => reply(null, answer),
          (error: Error) => reply({ code: status.UNAVAILABLE, details: error.message }),
        );
      },
    },
  };
}

const CredentialsRequest = messageType('CredentialsRequest', { Host: 'string' });
const CredentialsResponse = messageType('CredentialsResponse', { Username: 'string', Secret: 'string' });
