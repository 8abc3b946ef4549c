export { resolveEngineAddress, type AddressRequest } from './address.js';
export { encodeAuthHeader, encodeConfigHeader } from './auth-header.js';
export {
  listCredentials,
  lookUpCredentials,
  type CredentialOptions,
  type RegistryAuth,
} from './credentials.js';
export { configuredProxies } from './docker-config.js';
export { openEngine, pingEngine } from './open.js';
export type { RemoteProcess, SshConnection } from './ssh/connection.js';
export type { TransportOptions as OpenOptions } from './transport.js';
export type { Engine, EngineAddress, EngineFacts } from './types.js';
