export { resolveEngineAddress, type AddressRequest } from './connect/address.js';
export { encodeAuthHeader, encodeConfigHeader } from './credentials/auth-header.js';
export {
  listCredentials,
  lookUpCredentials,
  type CredentialOptions,
  type Credentials,
  type FindCredentials,
} from './credentials/credentials.js';
export { configuredProxies } from './credentials/docker-config.js';
export type { Means } from './means.js';
export { openEngine, pingEngine } from './open.js';
export type { RemoteProcess, SshConnection } from './connect/ssh/connection.js';
export type { TransportOptions as OpenOptions } from './connect/transport.js';
export type { Engine, EngineAddress, EngineFacts } from './types.js';
