import type { FindCredentials } from '../../engine/credentials/types.js';
import { messageOf } from '../../text/thrown.js';
import { type GrpcMethods, unary } from './grpc.js';
import { GrpcError, STATUS } from './grpc-call.js';
import { message } from './message.js';

const CredentialsRequest = message('CredentialsRequest', { Host: 'string' });
const CredentialsResponse = message('CredentialsResponse', { Username: 'string', Secret: 'string' });

/** Answers the engine's requests for credentials, each for the registry that it names and for no other. */
export function authService(credentials: FindCredentials): GrpcMethods {
  const find = async (host: string) => {
    try {
      return await credentials(host, 'pull');
    } catch (error) {
      throw new GrpcError(STATUS.unavailable, messageOf(error));
    }
  };
  return {
    '/moby.filesync.v1.Auth/Credentials': unary(async (request) => {
      const found = await find(String(CredentialsRequest.decode(request).Host));
      // BuildKit takes a secret without a user for an identity token.
      if (found?.identitytoken) return CredentialsResponse.encode({ Secret: found.identitytoken });
      return CredentialsResponse.encode({ Username: found?.username ?? '', Secret: found?.password ?? '' });
    }),
  };
}
