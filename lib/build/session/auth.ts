import { status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { codec, method, type SessionService } from './service.js';
import { messageType } from './messages.js';

/** What a registry is logged in to with; `identitytoken` stands in for a password that was exchanged for a token. */
export interface RegistryLogin {
  username?: string;
  password?: string;
  identitytoken?: string;
}

/** Credentials for a registry by its host, from the docker configuration; undefined where there are none. */
export type FindLogin = (host: string) => Promise<RegistryLogin | undefined>;

/** The host that BuildKit names for Docker Hub, and the name that the docker configuration has for it. */
const DOCKER_HUB = ['registry-1.docker.io', 'https://index.docker.io/v1/'] as const;

/** Answers the engine's requests for credentials, each for the registry that it names and for no other. */
export function authService(findLogin: FindLogin): SessionService {
  const credentials = async (host: string) => {
    const login = await findLogin(host === DOCKER_HUB[0] ? DOCKER_HUB[1] : host);
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
